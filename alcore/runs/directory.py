"""The run directory: everything about one run, always readable, a round committed at a time.

``rounds.jsonl`` is the commit: a round exists when its line is there. Checkpoint and selections of the round are
written before it; whatever they hold beyond the last line belongs to a round that was never committed.
"""

import csv
import io
import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli_w

from alcore.errors import AlsegError
from alcore.files import check_can_be_made, disk_errors, make_folder, make_own_folder, remove_leftovers, write_text
from alcore.locks import LOCK, held

CONFIG, ENVIRONMENT, ROUNDS, SELECTIONS = "config.toml", "environment.json", "rounds.jsonl", "selections.csv"
REPLAYED, CHECKPOINTS = "replayed.csv", "checkpoints"
SELECTION_FIELDS = (
    *("round", "order", "kind", "slice", "scan", "position", "score", "block_first", "block_last"),
    *("scan_slices", "height", "width", "foreground", "boundary"),
)
FORMAT = 2
"""Of the layout of a run directory. 1 had no effort: no voxel counts, no sizes of slices, no account of the pool."""

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
        environment: Mapping[str, Any],
        replayed: Sequence[Mapping[str, Any]] = (),
    ) -> "RunDirectory":
        """Make a new run directory; ``replayed`` is the query log that the run repeats, kept in ``replayed.csv``.

        Raises:
            AlsegError: something is there already, or the folder cannot be made.
        """
        cls.check_free(path)
        make_folder(path)
        make_own_folder(path / CHECKPOINTS)
        write_text(path / ENVIRONMENT, json.dumps(environment, indent=2) + "\n")
        write_text(path / ROUNDS, "")
        if replayed:
            write_text(path / REPLAYED, _as_csv(replayed))
        write_text(path / CONFIG, tomli_w.dumps(dict(config)))
        return cls(path)

    @staticmethod
    def check_free(path: Path) -> None:
        """Check that a run can be made in ``path``: there is nothing but what a benchmark notes of a job.

        Raises:
            AlsegError: something is there already, or it lies below a file.
        """
        if (path / CONFIG).exists():
            raise AlsegError(f"{path} holds a run already", hint=f"alseg resume {path}   or choose another --out")
        if path.exists() and (not path.is_dir() or any(part.name not in OF_A_JOB for part in path.iterdir())):
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
            make_own_folder(self.path / CHECKPOINTS)
            for folder in (self.path, self.path / CHECKPOINTS):
                remove_leftovers(folder)
            yield

    def config(self) -> dict[str, Any]:
        """The resolved configuration.

        Raises:
            AlsegError: it cannot be read.
        """
        try:
            return tomllib.loads(self._text(CONFIG))
        except tomllib.TOMLDecodeError as error:
            raise AlsegError(f"{self.path / CONFIG} is damaged: {error}") from error

    def environment(self) -> dict[str, Any]:
        """Versions, provenance and hardware of the run.

        Raises:
            AlsegError: it cannot be read.
        """
        environment: dict[str, Any] = self._json(self._text(ENVIRONMENT), ENVIRONMENT)
        return environment

    def note_resumed(self, environment: Mapping[str, Any]) -> None:
        """Record where a run goes on."""
        known = self.environment()
        known.setdefault("resumed", []).append(dict(environment))
        write_text(self.path / ENVIRONMENT, json.dumps(known, indent=2) + "\n")

    def rounds(self) -> list[dict[str, Any]]:
        """The committed rounds, in order.

        Raises:
            AlsegError: a line is damaged.
        """
        lines = self._text(ROUNDS).splitlines()
        return [self._json(line, f"line {number} of {ROUNDS}") for number, line in enumerate(lines, start=1)]

    def selections(self) -> list[dict[str, str]]:
        """The rows of ``selections.csv`` that belong to committed rounds."""
        committed = len(self.rounds())
        return [row for row in self._rows(SELECTIONS) if int(row["round"]) < committed]

    def replayed(self) -> list[dict[str, str]]:
        """The query log that the run repeats; empty where it makes its own queries."""
        return self._rows(REPLAYED)

    def _rows(self, name: str) -> list[dict[str, str]]:
        path = self.path / name
        return list(csv.DictReader(io.StringIO(path.read_text("utf-8")))) if path.is_file() else []

    def checkpoint_path(self, round_number: int) -> Path:
        """Where the checkpoint of a round is."""
        return self.path / CHECKPOINTS / f"round-{round_number:04d}.pt"

    @property
    def epoch_path(self) -> Path:
        """Where the checkpoint within the round of a classic training is."""
        return self.path / CHECKPOINTS / "epoch.pt"

    def commit(self, record: Mapping[str, Any], selections: Sequence[Mapping[str, Any]]) -> None:
        """Make a round permanent, its checkpoint being written already; then drop older checkpoints."""
        write_text(self.path / SELECTIONS, _as_csv([*self.selections(), *selections]))
        lines = [json.dumps(line) for line in (*self.rounds(), record)]
        write_text(self.path / ROUNDS, "\n".join(lines) + "\n")
        keep = self.checkpoint_path(int(record["round"]))
        with disk_errors(keep.parent):
            for path in keep.parent.glob("round-*.pt"):
                if path != keep:
                    path.unlink()

    def _text(self, name: str) -> str:
        try:
            return (self.path / name).read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise AlsegError(f"cannot read {self.path / name}: {error}", hint="start the run anew") from error

    def _json(self, text: str, what: str) -> Any:
        try:
            return json.loads(text)
        except ValueError as error:
            raise AlsegError(f"{what} in {self.path} is damaged: {error}", hint="start the run anew") from error


def _as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, SELECTION_FIELDS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
