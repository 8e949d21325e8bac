"""The run directory: everything about one run, always readable, a round committed at a time.

``rounds.jsonl`` is the commit: a round exists when its line is there. Checkpoint and selections of the round are
written before it; whatever they hold beyond the last line belongs to a round that was never committed.
"""

import csv
import io
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli_w

from alcore.documents import parse_toml
from alcore.errors import AlsegError
from alcore.escapes import csv_text, csv_value
from alcore.files import (
    check_can_be_made,
    disk_errors,
    is_leftover,
    make_folder,
    make_own_folder,
    read_bytes,
    read_text,
    remove_leftovers,
    write_bytes,
    write_text,
)
from alcore.locks import LOCK, held, is_lock
from alcore.records import (
    Environment,
    RoundInProgress,
    RoundRecord,
    ScanScore,
    SelectedSlice,
    check_alike,
    check_config,
    parse_environment,
    parse_format,
    parse_round,
    parse_round_in_progress,
    parse_scan_score,
    parse_slice,
)

CONFIG, ENVIRONMENT, ROUNDS, SELECTIONS = "config.toml", "environment.json", "rounds.jsonl", "selections.csv"
REPLAYED, CHECKPOINTS, SCORES = "replayed.csv", "checkpoints", "scores"
IN_PROGRESS = "round.json"
SCORE_FIELDS = ("split", "scan", "metric", "class", "value")
SELECTION_FIELDS = (
    *("round", "order", "kind", "slice", "scan", "position", "score", "block_first", "block_last"),
    *("scan_slices", "slices", "top", "left", "height", "width", "foreground", "boundary"),
)
FORMAT = 4
"""Of the layout of a run directory: 3 had no units but slices; 2 had no learners and no scores of scans."""

JOB, FAILED, RUNNING = "job.json", "failed.json", "running.json"
OF_A_JOB = frozenset({JOB, FAILED, RUNNING})
"""What a benchmark keeps in the directory of a run: which job it is, why it failed, who is running it."""


@dataclass(frozen=True)
class RunDirectory:
    """A run on disk."""

    path: Path

    @classmethod
    def create(
        cls,
        path: Path,
        config: Mapping[str, Any],
        environment: Environment,
        replayed: Sequence[SelectedSlice] = (),
    ) -> "RunDirectory":
        """Make a new run directory; ``replayed`` is the query log that the run repeats, kept in ``replayed.csv``.

        Raises:
            AlsegError: something is there already, or the folder cannot be made.
        """
        cls.check_free(path)
        make_folder(path)
        directory = cls(path)
        with directory.lock():
            cls.check_free(path)  # once more: another process may have made a run since
            write_text(path / ENVIRONMENT, json.dumps(environment, indent=2) + "\n")
            write_text(path / ROUNDS, "")
            if replayed:
                write_text(path / REPLAYED, _as_csv(replayed, SELECTION_FIELDS))
            write_text(path / CONFIG, tomli_w.dumps(dict(config)))  # last: from here on there is a run
        return directory

    @staticmethod
    def check_free(path: Path) -> None:
        """Check that a run can be made in ``path``: nothing is there but what a failed start or a benchmark left.

        Raises:
            AlsegError: something is there already, or it lies below a file.
        """
        with disk_errors(path):
            if (path / CONFIG).exists():
                raise AlsegError(f"{path} holds a run already", hint=f"alseg resume {path}   or choose another --out")
            if path.exists() and (not path.is_dir() or not all(map(_is_of_a_start, path.iterdir()))):
                raise AlsegError(f"{path} exists and is not empty", hint="choose another --out")
        check_can_be_made(path)

    @classmethod
    def open(cls, path: Path) -> "RunDirectory":
        """Open an existing run directory.

        Raises:
            AlsegError: it is none.
        """
        if not (path / CONFIG).is_file():
            raise AlsegError(
                f"{path} is no run directory: it has no {CONFIG}", hint="give the path that the run printed"
            )
        return cls(path)

    @contextmanager
    def lock(self, *, wait: float = 0.0) -> Iterator[None]:
        """Hold the run for this process; ``wait`` seconds are granted to another one that is about to end.

        Raises:
            AlsegError: another process is running it.
        """
        with held(self.path / LOCK, f"running {self.path}", wait=wait):
            folders = (self.path / CHECKPOINTS, self.path / SCORES)
            for folder in folders:
                make_own_folder(folder)
            for folder in (self.path, *folders):
                remove_leftovers(folder)
            yield

    def config(self) -> dict[str, Any]:
        """The resolved configuration.

        Raises:
            AlsegError: it cannot be read, or is none of a run.
        """
        text = read_text(self.path / CONFIG)
        try:
            values = parse_toml(text)
        except ValueError as error:
            raise damaged(self.path / CONFIG, AlsegError(str(error))) from error
        try:
            check_config(values)
        except AlsegError as error:
            raise damaged(self.path / CONFIG, error) from error
        return values

    def environment(self) -> Environment:
        """Versions, provenance and hardware of the run.

        Raises:
            AlsegError: it cannot be read, or an alseg of another format wrote it.
        """
        content = read_bytes(self.path / ENVIRONMENT)
        try:
            written = parse_format(content)
            if written == FORMAT:
                return parse_environment(content)
        except AlsegError as error:
            raise damaged(self.path / ENVIRONMENT, error) from error
        raise AlsegError(
            f"{self.path} has the format {written}, and this alseg reads the format {FORMAT}",
            hint="upgrade alseg" if written > FORMAT else "the alseg that made it reads it, or start the run anew",
        )

    def note_resumed(self, environment: Environment) -> None:
        """Record where a run goes on."""
        known = self.environment()
        known["resumed"] = [*known.get("resumed", []), environment]
        write_text(self.path / ENVIRONMENT, json.dumps(known, indent=2) + "\n")

    def rounds(self) -> list[RoundRecord]:
        """The committed rounds, in order.

        Raises:
            AlsegError: a line is damaged; it is named.
        """
        rounds, damage = self.whole_rounds()
        if damage is not None:
            raise damage
        return rounds

    def whole_rounds(self) -> tuple[list[RoundRecord], AlsegError | None]:
        """The committed rounds before the first damaged line, and what is wrong with that line, if one is.

        Raises:
            AlsegError: there is no text to read.
        """
        rounds: list[RoundRecord] = []
        for number, line in enumerate(_lines(read_bytes(self.path / ROUNDS))):
            try:
                rounds.append(parse_round(line, number))
                check_alike(rounds[0], rounds[-1])
            except AlsegError as error:
                return rounds[:number], damaged(self.path / ROUNDS, error, number + 1)
        return rounds, None

    def selections(self) -> list[SelectedSlice]:
        """The rows of ``selections.csv`` that belong to committed rounds.

        Raises:
            AlsegError: a line is damaged; it is named.
        """
        rounds, _ = self.whole_rounds()
        n_units = rounds[0].get("units", rounds[0]["pool"]) if rounds else None
        return [row for row in self._rows(SELECTIONS, n_units) if row["round"] < len(rounds)]

    def replayed(self) -> list[SelectedSlice]:
        """The query log that the run repeats; empty where it makes its own queries.

        Raises:
            AlsegError: a line is damaged; it is named.
        """
        return self._rows(REPLAYED, None)

    def _rows(self, name: str, n_units: int | None) -> list[SelectedSlice]:
        path = self.path / name
        return list(_parsed_rows(path, n_units)) if os.path.lexists(path) else []

    def in_progress(self) -> RoundInProgress | None:
        """The round after the last committed one, as far as it was queried and annotated before the run stopped.

        Raises:
            AlsegError: the file is damaged.
        """
        path = self.path / IN_PROGRESS
        if not os.path.lexists(path):
            return None
        content = read_bytes(path)
        try:
            found = parse_round_in_progress(content)
        except AlsegError as error:
            raise damaged(path, error) from error
        return found if found["round"] == len(self.rounds()) else None

    def note_in_progress(self, record: RoundInProgress) -> None:
        """Make a phase of the next round permanent."""
        write_text(self.path / IN_PROGRESS, json.dumps(record) + "\n")

    def checkpoint_path(self, round_number: int) -> Path:
        """Where the checkpoint of a round is."""
        return self.path / CHECKPOINTS / f"round-{round_number:04d}.pt"

    @property
    def epoch_path(self) -> Path:
        """Where the checkpoint within the round of a full-data training is."""
        return self.path / CHECKPOINTS / "epoch.pt"

    def scores_path(self, round_number: int) -> Path:
        """Where the scores of each scan in a round are."""
        return self.path / SCORES / f"round-{round_number:04d}.csv"

    def scores(self, round_number: int) -> list[ScanScore]:
        """The scores of each scan in a committed round, of whose means its record consists.

        Raises:
            AlsegError: the file is missing, or a line is damaged; it is named.
        """
        path = self.scores_path(round_number)
        if not os.path.lexists(path):
            raise AlsegError(f"the scores {path} are missing", hint="start the run anew")
        return list(_parsed_scores(path))

    def commit(
        self, record: RoundRecord, selections: Sequence[SelectedSlice], scores: Sequence[ScanScore] = ()
    ) -> None:
        """Make a round permanent, its checkpoint being written already; then drop other checkpoints."""
        make_own_folder(self.path / SCORES)
        write_text(self.scores_path(record["round"]), _as_csv(scores, SCORE_FIELDS))
        write_text(self.path / SELECTIONS, _as_csv([*self.selections(), *selections], SELECTION_FIELDS))
        lines = [*_lines(read_bytes(self.path / ROUNDS)), json.dumps(record).encode()]
        write_bytes(self.path / ROUNDS, b"\n".join(lines) + b"\n")
        with disk_errors(self.path / IN_PROGRESS):
            (self.path / IN_PROGRESS).unlink(missing_ok=True)
        self.drop_checkpoints_but(record["round"])

    def drop_checkpoints_but(self, round_number: int) -> None:
        """Remove the checkpoints of all other rounds, which a run does that goes on too: it may have been killed here.

        Raises:
            AlsegError: the disk fails.
        """
        keep = self.checkpoint_path(round_number)
        with disk_errors(keep.parent):
            for path in keep.parent.glob("round-*.pt"):
                if path != keep:
                    path.unlink()


def _is_of_a_start(path: Path) -> bool:
    """Whether ``path`` is what a start that was killed before its run was there may have left, or a note of a job."""
    if path.name in (CHECKPOINTS, SCORES):
        return path.is_dir() and not any(path.iterdir())
    if path.name == ROUNDS:
        return path.is_file() and not path.stat().st_size
    return is_lock(path) or is_leftover(path) or path.name in OF_A_JOB | {ENVIRONMENT, REPLAYED}


def damaged(path: Path, error: AlsegError, line: int = 0) -> AlsegError:
    """The error for a file of a run that cannot be used: what is wrong with it, and in which line."""
    place = f"line {line} of {path}" if line else str(path)
    return AlsegError(f"{place} is damaged: {error.message}", hint="start the run anew")


def _lines(content: bytes) -> list[bytes]:
    """The lines of a file, without empty ones at its end."""
    return content.rstrip().split(b"\n") if content.strip() else []


def _parsed_rows(path: Path, n_units: int | None) -> Iterator[SelectedSlice]:
    reader = csv.reader(io.StringIO(read_text(path), newline=""))
    try:
        head = tuple(next(reader, ()))
        _check(head == SELECTION_FIELDS, "it lacks the names of the columns")
        for fields in reader:
            _check(len(fields) == len(head), f"it has {len(fields)} fields, not {len(head)}")
            row = parse_slice(dict(zip(head, map(csv_value, fields), strict=True)))
            last = max(row["slice"], row["block_first"] or 0, row["block_last"] or 0)
            _check(n_units is None or last < n_units, f"there is no slice {last} in a pool of {n_units}")
            yield row
    except csv.Error as error:
        raise damaged(path, AlsegError(str(error)), reader.line_num) from error
    except AlsegError as error:
        raise damaged(path, error, max(1, reader.line_num)) from error


def _check(holds: bool, otherwise: str) -> None:
    if not holds:
        raise AlsegError(otherwise)


def _parsed_scores(path: Path) -> Iterator[ScanScore]:
    reader = csv.reader(io.StringIO(read_text(path), newline=""))
    try:
        _check(tuple(next(reader, ())) == SCORE_FIELDS, "it lacks the names of the columns")
        for fields in reader:
            _check(len(fields) == len(SCORE_FIELDS), f"it has {len(fields)} fields, not {len(SCORE_FIELDS)}")
            yield parse_scan_score(dict(zip(SCORE_FIELDS, map(csv_value, fields), strict=True)))
    except csv.Error as error:
        raise damaged(path, AlsegError(str(error)), reader.line_num) from error
    except AlsegError as error:
        raise damaged(path, error, max(1, reader.line_num)) from error


def _as_csv(rows: Sequence[Mapping[str, Any]], fields: Sequence[str]) -> str:
    return csv_text([fields, *([row.get(field) for field in fields] for row in rows)])
