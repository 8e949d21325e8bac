"""Whole commands on a tiny dataset, what each of them makes, and what is promised of it at every moment."""

import csv
import io
import json
import os
import re
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import h5py
from attacking import BrokenPromiseError
from forked import Command, Ended, at_change, import_what
from workshop import CONVERT, ON_STORE, Workshop

_LEFTOVER = re.compile(r"\.tmp-.*|.*\.(part|partial|tag|tmp)")
_LARGEST = 1 << 24


class Work(Protocol):
    """A command that writes.

    Attributes:
        name: for people.
        weight: how often it is taken, against the others.
    """

    name: str
    weight: int

    def begin(self, folder: Path) -> None:
        """Put what the command finds into an empty folder."""

    def command(self, folder: Path) -> list[str]:
        """The arguments that start the work in ``folder``, or go on with it."""
        ...

    def check(self, folder: Path, whole: Any) -> None:
        """Check what is promised at every moment; ``whole`` is the undisturbed result.

        Raises:
            BrokenPromiseError: it does not hold.
        """

    def result(self, folder: Path) -> Any:
        """What was made, in a form that can be compared."""
        ...


@dataclass(frozen=True)
class Undisturbed:
    """How a work goes when nothing happens.

    Args:
        result: what it makes.
        seconds: how long it takes.
        changes: how often it changes a file.
    """

    result: Any
    seconds: float
    changes: int

    @classmethod
    def of(cls, work: Work, place: Workshop) -> "Undisturbed":
        """Do the work."""
        counted = place.folder / "changes"
        counted.write_bytes(b"")

        def count() -> None:
            with counted.open("ab") as file:
                file.write(b".")

        work.begin(place.empty())
        import_what(work.command(place.work), place.work)  # so that what is measured is the work alone
        work.begin(place.empty())
        started = time.monotonic()
        command = work.command(place.work)
        ended = Command(command, place.work, lambda: at_change(0, count, place.work, again=True)).ended()
        seconds = time.monotonic() - started
        if ended.status:
            raise RuntimeError(f"alseg {' '.join(command)}: {ended.text}")
        return cls(work.result(place.work), seconds, counted.stat().st_size)

    def check_goes_on(self, work: Work, folder: Path) -> None:
        """Start the work again, and check that it ends as if nothing had happened.

        Raises:
            BrokenPromiseError: it does not.
        """
        command = work.command(folder)
        ended = Command(command, folder).ended() if command else Ended(0, "")
        if ended.status:
            raise BrokenPromiseError(f"alseg {' '.join(command)} does not go on: {ended.text[-1500:]}")
        if other := different(work.result(folder), self.result):
            raise BrokenPromiseError(f"alseg {' '.join(command)} goes on to another result: {other}")
        left = [str(path.relative_to(folder)) for path in folder.rglob("*") if _LEFTOVER.fullmatch(path.name)]
        if left:
            raise BrokenPromiseError(f"alseg {' '.join(command)} leaves {left}")


def make_old(folder: Path) -> None:
    """Let the next start come an hour later: what is half written then is nobody's work any more."""
    for path in folder.rglob(".tmp-*"):
        os.utime(path, (0, 0))


def different(found: Any, whole: Any, place: str = "") -> str:
    """The first place in which two results differ; empty where there is none."""
    if isinstance(found, dict) and isinstance(whole, dict) and found.keys() == whole.keys():
        return next(filter(None, (different(found[key], whole[key], f"{place} {key}") for key in found)), "")
    if isinstance(found, dict) and isinstance(whole, dict):
        return f"{place} has {sorted(found.keys() - whole.keys())} and lacks {sorted(whole.keys() - found.keys())}"
    return "" if found == whole else f"{place}: {repr(found)[:300]} instead of {repr(whole)[:300]}"


def tree(folder: Path) -> dict[str, Any]:
    """Every file below a folder with its content, locks left out."""
    return {
        path.relative_to(folder).as_posix(): store(path) if path.suffix == ".h5" else _content(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(".lock")
    }


def _content(path: Path) -> bytes:
    size = path.stat().st_size
    return path.read_bytes() if size <= _LARGEST else f"{size} bytes".encode()


def store(path: Path) -> dict[str, Any]:
    """All of a slice store; HDF5 itself keeps times of its groups, so the bytes of two equal ones differ."""
    found: dict[str, Any] = {}

    def add(name: str, item: Any) -> None:
        found[name] = item[()].tobytes() if isinstance(item, h5py.Dataset) else b""
        found.update({f"{name}@{key}": repr(value) for key, value in item.attrs.items()})

    try:
        with h5py.File(path) as file:
            add("", file)
            file.visititems(add)
    except OSError as error:
        raise BrokenPromiseError(f"{path.name} is no whole store: {error}") from error
    return found


def _rounds(run: Path) -> list[dict[str, Any]]:
    text = (run / "rounds.jsonl").read_text("utf-8") if (run / "rounds.jsonl").exists() else ""
    return [{key: value for key, value in json.loads(line).items() if key != "seconds"} for line in text.splitlines()]


def _rows(run: Path) -> list[dict[str, str]]:
    path = run / "selections.csv"
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8")))) if path.exists() else []


def _run_result(run: Path) -> dict[str, Any]:
    return {
        "rounds": _rounds(run),
        "selections": _rows(run),
        "csv": tree(run / "csv"),
        "events": [len(list(run.glob("tensorboard/*"))), _figures(run / "tensorboard")],
        "checkpoints": sorted(path.name for path in run.glob("checkpoints/*")),
    }


def _figures(folder: Path) -> list[tuple[str, int, float]]:
    """What TensorBoard's files hold, without times."""
    from tensorboard.backend.event_processing.event_file_loader import LegacyEventFileLoader

    return sorted(
        (value.tag, event.step, value.simple_value)
        for path in sorted(folder.glob("*"))
        for event in LegacyEventFileLoader(str(path)).Load()
        for value in event.summary.value
        if value.HasField("simple_value") and "second" not in value.tag
    )


def _check_run(run: Path, whole: dict[str, Any]) -> None:
    """Check that committed rounds are readable, and those of the undisturbed run."""
    rounds = _rounds(run)
    if rounds != whole["rounds"][: len(rounds)]:
        raise BrokenPromiseError(f"the {len(rounds)} committed rounds are not those of the undisturbed run")
    committed = [row for row in whole["selections"] if int(row["round"]) < len(rounds)]
    if [row for row in _rows(run) if int(row["round"]) < len(rounds)] != committed:
        raise BrokenPromiseError(f"the selections of {len(rounds)} committed rounds are not there")
    if rounds and not (run / "checkpoints" / f"round-{len(rounds) - 1:04d}.pt").is_file():
        raise BrokenPromiseError(f"the checkpoint of round {len(rounds) - 1} is not there")


@dataclass(frozen=True)
class Run:
    """``alseg run`` or ``alseg train``, and ``alseg resume``."""

    name: str
    weight: int
    start: Sequence[str]

    def begin(self, folder: Path) -> None:
        """Nothing is there before."""

    def command(self, folder: Path) -> list[str]:
        """Start, or resume what was started."""
        if (folder / "run" / "config.toml").is_file():
            return ["resume", "run"]
        return [*self.start, *ON_STORE, "--out", "run"]

    def check(self, folder: Path, whole: Any) -> None:
        """Committed rounds are safe."""
        _check_run(folder / "run", whole)

    def result(self, folder: Path) -> Any:
        """All but times."""
        return _run_result(folder / "run")


@dataclass(frozen=True)
class Conversion:
    """``alseg data convert``, with ``--update`` or without, and ``alseg data fetch``."""

    name: str
    weight: int
    start: Sequence[str]
    earlier: str = ""

    def begin(self, folder: Path) -> None:
        """An update finds the store of the dataset before a scan of it changed."""
        if self.earlier:
            shutil.copyfile(folder / self.earlier, folder / "store.h5")

    def command(self, folder: Path) -> list[str]:
        """The same again, which replaces what is there."""
        force = [] if self.earlier or not (folder / "store.h5").exists() else ["--force"]
        return ["data", *self.start, "--out", "store.h5", "--jobs", "2", *force]

    def check(self, folder: Path, whole: Any) -> None:
        """A store is whole or absent, and so is what was unpacked."""
        earlier = [{"store.h5": store(folder / self.earlier)}] if self.earlier else [{}]
        named = {name: content for name, content in tree(folder).items() if not _is_on_the_way(name)}
        for name in ("store.h5", *{name.partition("/")[0] for name in whole} - {"store.h5"}):
            there, made = _below(named, name), _below(whole, name)
            if there != made and there not in (_below(files, name) for files in earlier):
                raise BrokenPromiseError(f"{name} is neither whole nor what was there before")

    def result(self, folder: Path) -> Any:
        """All files but the archive, which stays where it could not be removed: it may be somebody's own."""
        return {name: content for name, content in tree(folder).items() if not name.endswith(".tar")}


def _is_on_the_way(name: str) -> bool:
    return any(_LEFTOVER.fullmatch(part) for part in name.split("/")) or name.endswith(".tar")


def _below(files: dict[str, Any], name: str) -> dict[str, Any]:
    return {path: content for path, content in files.items() if path == name or path.startswith(f"{name}/")}


@dataclass(frozen=True)
class Writing:
    """A command that writes a file or a folder at once, of which every byte is known beforehand or none."""

    name: str
    weight: int
    start: Sequence[str]
    target: str
    same_bytes: bool = True

    def begin(self, folder: Path) -> None:
        """Nothing is there before."""

    def command(self, folder: Path) -> list[str]:
        """The same again; nothing more where a command that replaces nothing has done its work."""
        replaces = "report" in self.start or "results" in self.start
        return [] if (folder / self.target).exists() and not replaces else list(self.start)

    def check(self, folder: Path, whole: Any) -> None:
        """It is whole or absent."""
        if (folder / self.target).exists() and self.result(folder) != whole:
            raise BrokenPromiseError(f"{self.target} is neither whole nor absent")

    def result(self, folder: Path) -> Any:
        """The files; of a page that holds times only whether it ends."""
        target = folder / self.target
        found = tree(target) if target.is_dir() else {"": target.read_bytes()}
        return found if self.same_bytes else [content.rstrip()[-7:] for content in found.values()]


@dataclass(frozen=True)
class Benchmark:
    """``alseg benchmark``: two jobs with a round 0 that they share."""

    name: str = "benchmark"
    weight: int = 1

    def begin(self, folder: Path) -> None:
        """Nothing is there before."""

    def command(self, folder: Path) -> list[str]:
        """The same again."""
        return ["benchmark", "--datasets", "../store.h5", "--config", "../grid.toml", "--out", "grid"]

    def check(self, folder: Path, whole: Any) -> None:
        """Committed rounds of all runs are safe."""
        for run in sorted((folder / "grid" / "runs").glob("*")):
            _check_run(run, whole[run.name])

    def result(self, folder: Path) -> Any:
        """All runs."""
        return {run.name: _run_result(run) for run in sorted((folder / "grid" / "runs").glob("*"))}


WORKS: tuple[Work, ...] = (
    Run("run", 4, ("run", "--strategy", "entropy", "--config", "../run.toml")),
    Run("train", 2, ("train", "--config", "../train.toml")),
    Conversion("convert", 3, (*CONVERT, "../task")),
    Conversion("update", 2, (*CONVERT, "../changed", "--update"), "../store.h5"),
    Conversion("fetch", 3, ("fetch", "hippocampus", "--archives", "../archives.toml", "--to", "sources")),
    Writing("report", 1, ("report", "../run", "--out", "page.html"), "page.html", same_bytes=False),
    Writing("results", 1, ("results", "../run", "--tidy", "tidy.csv"), "tidy.csv"),
    Writing("config init", 1, ("config", "init", "--out", "config.toml"), "config.toml"),
    Writing("plugins new", 1, ("plugins", "new", "noon", "--kind", "strategy"), "alseg-noon"),
    Benchmark(),
)
