"""The folder of a benchmark: its grid, its runs, and what they share."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomli_w

from alcore.benchmark.decided import DECIDED, dated
from alcore.benchmark.keys import identity
from alcore.documents import read_toml
from alcore.errors import AlsegError
from alcore.files import (
    check_can_be_made,
    check_no_link,
    disk_errors,
    make_folder,
    make_own_folder,
    read_bytes,
    remove_leftovers,
    write_text,
)
from alcore.locks import LOCK, held, is_lock
from alcore.records import JobNote, parse_job_note
from alcore.runs.directory import CONFIG, JOB, ROUNDS, RUNNING

if TYPE_CHECKING:
    from alcore.benchmark.planned import PlannedJob

GRID_FILE = "benchmark.toml"


@dataclass(frozen=True)
class BenchmarkDirectory:
    """A benchmark on disk: ``benchmark.toml``, ``runs/``, ``starts/`` and ``superseded/``."""

    path: Path

    @property
    def runs(self) -> Path:
        """Folder of the run directories, one per job."""
        return self.path / "runs"

    @property
    def starts(self) -> Path:
        """Folder of the rounds 0 that jobs share."""
        return self.path / "starts"

    @property
    def superseded(self) -> Path:
        """Folder of run directories whose configuration, data or component versions have changed since."""
        return self.path / "superseded"

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Make the folder if need be, and hold it for this process.

        Raises:
            AlsegError: it holds something else, it cannot be made or written to, or another process is running the
                benchmark.
        """
        self.check_usable()
        make_folder(self.path)
        with held(self.path / LOCK, f"running the benchmark in {self.path}"):
            remove_leftovers(self.path)
            for folder in (self.runs, self.starts, self.superseded):
                check_no_link(folder)
            yield

    def check_usable(self) -> None:
        """Check that a benchmark can be made, or gone on with, in this folder.

        Raises:
            AlsegError: it cannot.
        """
        path = self.path
        if (path / CONFIG).is_file():
            raise AlsegError(f"{path} holds a single run, no benchmark", hint="choose another --out")
        known = not path.exists() or (path / GRID_FILE).is_file()
        if not known and (not path.is_dir() or not all(map(is_lock, path.iterdir()))):
            raise AlsegError(f"{path} exists and is no benchmark", hint="choose another --out")
        check_can_be_made(path)

    def run_directories(self) -> dict[str, Path]:
        """The run directories of jobs, finished or not, by key."""
        return {notes["key"]: path for path, notes in self._noted()}

    def prepare(self, grid: Mapping[str, Any], planned: Sequence["PlannedJob"]) -> None:
        """Write the grid, note every job in its directory, and set aside what it supersedes.

        Raises:
            AlsegError: the disk is full or fails.
        """
        decided = dated(grid.get(DECIDED), self.decided(), self._runs_with_results())
        content = {**grid, **({} if decided is None else {DECIDED: decided})}
        write_text(self.path / GRID_FILE, tomli_w.dumps(content))
        keys = {item.notes["key"] for item in planned}
        replaced = {identity(item.notes) for item in planned}
        for path, notes in list(self._noted()):
            if notes["key"] not in keys and identity(notes) in replaced:
                self._set_aside(path)
        for path in (*self.runs.glob(f"*/{RUNNING}"), *self.starts.glob(f"*/{RUNNING}")):
            with disk_errors(path):  # left behind by a killed process: this one holds the benchmark now
                path.unlink(missing_ok=True)
        for item in planned:
            note = item.job.directory / JOB
            if not note.is_file():
                make_own_folder(note.parent)
                write_text(note, json.dumps(item.notes, indent=2) + "\n")

    def decided(self) -> Mapping[str, Any] | None:
        """What the benchmark's file says of how strategies will be compared; None where it says nothing.

        Raises:
            AlsegError: the file is damaged.
        """
        path = self.path / GRID_FILE
        found = read_toml(path).get(DECIDED) if path.is_file() else None
        return found if isinstance(found, Mapping) else None

    def _runs_with_results(self) -> int:
        return sum(1 for path in self.runs.glob(f"*/{ROUNDS}") if path.stat().st_size)

    def _noted(self) -> Iterator[tuple[Path, JobNote]]:
        for path in sorted(self.runs.glob(f"*/{JOB}")):
            text = read_bytes(path)
            try:
                yield path.parent, parse_job_note(text)
            except AlsegError as error:
                raise AlsegError(
                    f"{path} is damaged: {error.message}", hint=f"move {path.parent} away; the job is then run anew"
                ) from error

    def _set_aside(self, path: Path) -> None:
        make_own_folder(self.superseded)
        taken = [re.fullmatch(rf"{re.escape(path.name)}(?:-(\d+))?", other.name) for other in self.superseded.iterdir()]
        number = max((int(match[1] or 1) for match in taken if match), default=0) + 1
        with disk_errors(path):
            path.rename(self.superseded / (path.name if number == 1 else f"{path.name}-{number}"))
