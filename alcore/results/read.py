"""Find run directories in a folder and read as much of each as is whole."""

import csv
import io
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from alcore.errors import AlsegError
from alcore.runs.directory import CONFIG, FAILED, FORMAT, JOB, ROUNDS, SELECTIONS, RunDirectory

NO_RESULTS = frozenset({"starts", "superseded"})
"""Folders of a benchmark that hold runs which are no results of it."""


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
        notes: what is wrong with it, a sentence each.
    """

    directory: Path
    config: dict[str, Any]
    environment: dict[str, Any]
    job: dict[str, Any]
    rounds: list[dict[str, Any]]
    selections: list[dict[str, str]]
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
        _check_known(config, environment)
    except AlsegError as error:
        return None, notes or [f"{name} is left out: {error.message}"]
    except (KeyError, TypeError, AttributeError):
        return None, [*notes, f"{name} is left out: its configuration or environment is not one of a run"]
    rounds, damage = _rounds(path / ROUNDS)
    if damage:
        notes.append(f"{name}: {damage}")
    if not rounds:
        return None, notes or [f"{name} is left out: it has no committed round"]
    selections, damage = _selections(path / SELECTIONS, len(rounds))
    if damage:
        notes.append(f"{name}: {damage}")
    last, asked = rounds[-1]["round"], config["loop"]["rounds"]
    if last < asked and rounds[-1]["labelled"] < rounds[-1]["pool"] and config.get("mode") != "train":
        notes.append(f"{name}: stopped or still going on after round {last} of {asked}")
    return RawRun(path, config, environment, job, rounds, selections), notes


def _check_known(config: Mapping[str, Any], environment: Mapping[str, Any]) -> None:
    """Raise unless everything is there by which runs are told apart."""
    if environment.get("format", 1) > FORMAT:
        raise AlsegError(f"its format is {environment['format']}, and this alseg reads up to {FORMAT}: upgrade alseg")
    _ = (config["seed"], config["dataset"]["name"], config["loop"]["rounds"])
    if config.get("mode") != "train":
        _ = config["strategy"]["name"]
    _ = (environment["dataset"]["name"], environment["dataset"]["synthetic"], environment["dataset"]["fingerprint"])


def _rounds(path: Path) -> tuple[list[dict[str, Any]], str]:
    """The rounds up to the first damaged line, and what is damaged."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        return [], f"{path.name} cannot be read: {error}"
    rounds: list[dict[str, Any]] = []
    for number, line in enumerate(lines):
        try:
            record = json.loads(line)
            whole = record["round"] == number and {"labelled", "pool", "scores", "seconds"} <= set(record)
        except (ValueError, KeyError, TypeError):
            whole = False
        if not whole:
            return rounds, f"line {number + 1} of {path.name} is damaged; it and what follows are left out"
        rounds.append(record)
    return rounds, ""


def _selections(path: Path, n_rounds: int) -> tuple[list[dict[str, str]], str]:
    try:
        rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))
        kept = [row for row in rows if int(row["round"]) < n_rounds]
        _ = [(row["kind"], row["scan"], int(row["slice"]), int(row["position"])) for row in kept]
    except OSError as error:
        return [], f"{path.name} cannot be read ({error.strerror}), so its selections are left out"
    except (ValueError, KeyError, TypeError, csv.Error) as error:
        return [], f"{path.name} is damaged ({error}), so its selections are left out"
    return kept, ""


def _json_file(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
