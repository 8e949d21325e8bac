"""Small jobs, and what becomes of their processes, for testing launchers."""

import json
import time
from pathlib import Path

import psutil

from alcore.jobs import Job
from alcore.runs.directory import RUNNING

PATIENCE = 30.0
"""Seconds that tests wait for a process by default."""


def small_job(strategy: str, store: Path, directory: Path, *, rounds: int = 1, epochs: int = 1) -> Job:
    """Make a job of a tiny network that takes seconds; a strategy that does not exist makes it fail.

    Args:
        strategy: the strategy's name, which is the job's key too.
        store: path of a slice store.
        directory: the job's run directory.
        rounds: rounds after round 0, of two slices each.
        epochs: epochs per round; a million never ends.
    """
    config = {
        "device": "cpu",
        "dataset": {"name": str(store)},
        "strategy": {"name": strategy},
        "model": {"name": "unet", "features": 2, "levels": 1},
        "loop": {"rounds": rounds, "budget": 2, "initial": 2},
        "learner": {"epochs": epochs},
        "trackers": {},
    }
    return Job(key=strategy, label=f"{strategy} on {store.stem}", config=config, directory=directory)


def process_of(job: Job, *, patience: float = PATIENCE) -> psutil.Process:
    """The process of this machine that runs ``job``, as soon as there is one.

    Raises:
        TimeoutError: the job has not begun after ``patience`` seconds.
    """
    note, until = job.directory / RUNNING, time.monotonic() + patience
    while not note.is_file():
        if time.monotonic() > until:
            raise TimeoutError(f"nothing runs the job {job.key!r} after {patience:.0f} seconds")
        time.sleep(0.05)
    return psutil.Process(json.loads(note.read_text("utf-8"))["pid"])


def ends_soon(process: psutil.Process, *, patience: float = PATIENCE) -> bool:
    """Whether ``process`` ends within ``patience`` seconds; one that nobody has waited for yet has ended too."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        try:
            if process.status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.05)
    return False
