"""Find run directories in a folder and read as much of each as is whole."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from alcore import AlsegError, read_json
from alcore.api.run_files import CONFIG, FAILED, JOB, ROUNDS, RunDirectory
from alcore.records import Environment, RoundRecord, ScanScore, SelectedSlice

NO_RESULTS = frozenset({"starts", "superseded"})
"""Folders of a benchmark that hold runs which are no results of it."""

ReadScores = Callable[[int], Sequence[ScanScore]]
"""Reads the scores of each scan in a round; raises AlsegError where they are missing or damaged."""


@dataclass
class RawRun:
    """What a run directory holds.

    Args:
        directory: the folder.
        config: the resolved configuration.
        environment: versions, hardware, dataset.
        job: what the benchmark wrote about it; empty for a run of its own.
        rounds: the committed rounds that can be read.
        selections: the rows of ``selections.csv`` that belong to them.
        read_scores: reads the scores of each scan in a round.
        notes: what is wrong with it, a sentence each.
    """

    directory: Path
    config: dict[str, Any]
    environment: Environment
    job: dict[str, Any]
    rounds: list[RoundRecord]
    selections: list[SelectedSlice]
    read_scores: ReadScores
    notes: list[str] = field(default_factory=list)


def run_directories(folder: Path) -> Iterator[Path]:
    """Yield every folder at or below ``folder`` that holds a configuration or rounds, in order."""
    for path, folders, files in os.walk(folder):
        if CONFIG in files or ROUNDS in files:
            folders.clear()
            yield Path(path)
        folders[:] = sorted(name for name in folders if name not in NO_RESULTS and not name.startswith("."))


def read_run(path: Path, name: str) -> tuple[RawRun | None, list[str]]:
    """Read one run directory; what is damaged is left out and named.

    Args:
        path: the folder.
        name: what messages call it.

    Returns:
        The run, or None where nothing of it can be shown; and a sentence for each thing that is missing.
    """
    directory = RunDirectory(path)
    job, failed = _json_file(path / JOB), _json_file(path / FAILED)
    notes = []
    if failed:
        notes.append(f"{name} failed: {failed.get('error', 'no reason is recorded')}")
    try:
        config, environment = directory.config(), directory.environment()
        rounds, damage = directory.whole_rounds()
    except AlsegError as error:
        return None, notes or [f"{name} is left out: {error.message}"]
    if damage is not None:
        notes.append(f"{damage.message}; it and what follows are left out")
    if not rounds:
        return None, notes or [f"{name} is left out: it has no committed round"]
    try:
        selections = directory.selections()
    except AlsegError as error:
        selections = []
        notes.append(f"{error.message}, so its selections are left out")
    last, asked = rounds[-1]["round"], config["loop"]["rounds"]
    if last < asked and rounds[-1]["labelled"] < rounds[-1]["pool"] and not config.get("full_data"):
        notes.append(f"{name}: stopped or still going on after round {last} of {asked}")
    return RawRun(path, config, environment, job, rounds, selections, directory.scores), notes


def _json_file(path: Path) -> dict[str, Any]:
    try:
        content = read_json(path)
    except AlsegError:
        return {}
    return content if isinstance(content, dict) else {}
