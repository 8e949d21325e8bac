"""Run one job of a benchmark in this process, and read how far it is."""

import json
import os
import platform
import shutil
import traceback
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from alcore.documents import read_json
from alcore.errors import AlsegError
from alcore.files import disk_errors, make_own_folder, write_text
from alcore.jobs import Job, JobOutcome
from alcore.records import RoundRecord
from alcore.registry import Registry
from alcore.runs.directory import CONFIG, FAILED, OF_A_JOB, RUNNING, RunDirectory

PATIENCE = 60.0
"""Seconds that a job waits for the dying process of an earlier start of it."""

State = Literal["waiting", "running", "finished", "failed"]


def run_job(job: Job, *, device: str | None = None) -> JobOutcome:
    """Run a job, or go on with it, in this process; what goes wrong becomes the outcome.

    A job that is finished already is answered at once. A failure is also written to ``failed.json`` in the job's
    directory, an unexpected one with its traceback.

    Args:
        job: the job.
        device: the device to use where the configuration leaves the choice open (``auto``).
    """
    try:
        if not is_finished(job):
            _run(job, device)
        (job.directory / FAILED).unlink(missing_ok=True)
    except AlsegError as error:
        return _failed(job, error.message, error.hint, "")
    except Exception as error:  # one job's bug must not take the grid along
        message = f"{type(error).__name__}: {' '.join(str(error).split())}"
        hint = f"the traceback is in {job.directory / FAILED}"
        return _failed(job, message, hint, traceback.format_exc())
    return JobOutcome(job.key)


def _run(job: Job, device: str | None) -> None:
    from alcore.runs.config import resolve
    from alcore.runs.run import resume, start

    registry = Registry.installed()
    values = dict(job.config)
    if device is not None and values.get("device", "auto") == "auto":
        values["device"] = device
    make_own_folder(job.directory)
    _note_running(job)
    try:
        if (job.directory / CONFIG).is_file():
            resume(job.directory, registry, first=job.start, wait=PATIENCE)
        else:
            _clear(job.directory)
            start(resolve(values, registry), registry, job.directory, first=job.start)
    finally:
        with suppress(OSError):
            (job.directory / RUNNING).unlink(missing_ok=True)


def _note_running(job: Job) -> None:
    where = {"pid": os.getpid(), "host": platform.node()}
    write_text(job.directory / RUNNING, json.dumps(where) + "\n")


def _clear(directory: Path) -> None:
    """Remove what a run that was killed while it was made left behind."""
    with disk_errors(directory):
        for path in directory.iterdir():
            if path.name not in OF_A_JOB:
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def _failed(job: Job, error: str, hint: str, trace: str) -> JobOutcome:
    with suppress(AlsegError, OSError):  # on a full disk the outcome alone has to do
        make_own_folder(job.directory)
        note = {"error": error, "hint": hint, "traceback": trace}
        write_text(job.directory / FAILED, json.dumps(note, indent=2) + "\n")
    return JobOutcome(job.key, error, hint)


@dataclass(frozen=True)
class JobProgress:
    """How far a job is.

    Args:
        state: ``waiting`` (never begun, or stopped and not begun again), ``running``, ``finished`` or ``failed``.
        rounds_done: committed rounds, round 0 included.
        rounds: rounds in all, round 0 included.
        score: validation score of the last committed round; None where there is none.
        seconds_left: what the rounds to come will take, from the pace of the last ones; None before the first.
        reason: why it failed; empty otherwise.
    """

    state: State
    rounds_done: int
    rounds: int
    score: float | None = None
    seconds_left: float | None = None
    reason: str = ""


def job_progress(job: Job) -> JobProgress:
    """Read how far a job is from its run directory, wherever it runs."""
    directory, total = job.directory, int(job.config["loop"]["rounds"]) + 1
    records = _records(directory)
    if _finished(records, job.config):
        state: State = "finished"
    elif (directory / RUNNING).is_file():
        state = "running"
    elif (directory / FAILED).is_file():
        state = "failed"
    else:
        state = "waiting"
    reason = str(_read_json(directory / FAILED).get("error", "")) if state == "failed" else ""
    if not records:
        return JobProgress(state, 0, total, reason=reason)
    score = next(iter(records[-1]["scores"]["validation"].values()))
    pace = [sum(record["seconds"].values()) for record in records[-3:]]
    left = (total - len(records)) * sum(pace) / len(pace)
    return JobProgress(state, len(records), total, score["mean"], left, reason)


def is_finished(job: Job) -> bool:
    """Whether the last round of a job, or the last that its pool allows, is committed."""
    return _finished(_records(job.directory), job.config)


def _finished(records: list[RoundRecord], config: Mapping[str, Any]) -> bool:
    if not records:
        return False
    last = records[-1]
    return bool(last["round"] >= config["loop"]["rounds"] or last["labelled"] == last["pool"])


def _records(directory: Path) -> list[RoundRecord]:
    if not (directory / CONFIG).is_file():
        return []
    return RunDirectory(directory).rounds()


def _read_json(path: Path) -> dict[str, Any]:
    try:
        found = read_json(path)
    except AlsegError:
        return {}
    return found if isinstance(found, dict) else {}
