"""The jobs of a benchmark, as launchers see them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Job:
    """One run that a launcher has to get done, by calling :func:`alcore.run_job` wherever it likes. Picklable.

    Args:
        key: hash of all that decides the job's numbers; equal keys mean equal results.
        label: what the job is, for people: ``"entropy on hippocampus, seed 0"``.
        config: the resolved configuration, as ``config.toml`` holds it.
        directory: absolute path of its run directory, which must be reachable from wherever the job runs.
        start: run directory whose round 0 the job goes on from; None, or without a finished round, to train its own.
    """

    key: str
    label: str
    config: Mapping[str, Any]
    directory: Path
    start: Path | None = None


@dataclass(frozen=True)
class JobOutcome:
    """How a job ended.

    Args:
        key: the job's key.
        error: one sentence that says why it failed; empty where it is done.
        hint: what to do about it; may be empty.
    """

    key: str
    error: str = ""
    hint: str = ""
