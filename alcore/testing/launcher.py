"""What every launcher must do."""

import json
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from alcore.contracts import Launcher
from alcore.errors import AlsegError
from alcore.guards.answers import outcome_fault
from alcore.jobs import Job
from alcore.runs.directory import CONFIG, ROUNDS
from alcore.specs import LauncherSpec, Options
from alcore.testing.findings import Finding, require
from alcore.testing.probe import probe
from alcore.testing.rounds import synthetic_record

_NOWHERE = "no-such-dataset"


def check_launcher(spec: LauncherSpec, options: Options | None = None) -> None:
    """Check that a launcher keeps its contract, with jobs that end at once: one is finished, the others fail.

    Args:
        spec: the launcher's spec.
        options: its options; its defaults where None.

    Raises:
        ConformanceError: a check failed; all failed checks are listed.
    """
    require(f"launcher {spec.name!r}", launcher_findings(spec, options))


def launcher_findings(spec: LauncherSpec, options: Options | None = None) -> Iterator[Finding]:
    """Yield the outcome of every check; see :func:`check_launcher`."""
    checks = _LauncherChecks(spec, options if options is not None else spec.options())
    built = probe(
        "the launcher is built",
        checks.found_when_built,
        expected="Class(options) with a method launch",
        fix="take the options alone; raise alcore.AlsegError where what it needs is not there",
    )
    yield built
    if not built.passed:
        return
    yield probe(
        "no jobs, no outcomes",
        checks.found_without_jobs,
        expected="an iterator that ends at once",
        fix="yield one outcome per job",
    )
    answered = probe(
        "every job is answered exactly once, and one that fails stops no other",
        checks.found_in_outcomes,
        expected="an alcore.JobOutcome for each job, with its key; an error for those that fail, none for the finished",
        fix="yield what alcore.run_job(job) returns, or JobOutcome(job.key, error=...) where its process died",
    )
    yield replace(answered, not_exercised=checks.no_cluster)
    if checks.no_cluster:
        return
    yield probe(
        "closing the iterator ends it",
        checks.found_when_closed,
        expected="close() on the iterator to stop what still runs",
        fix="write launch as a generator, with try and finally around what starts and stops jobs",
    )


class _LauncherChecks:
    """The checks; each returns what it found amiss, or an empty text."""

    def __init__(self, spec: LauncherSpec, options: Options) -> None:
        self.spec, self.options = spec, options
        self.no_cluster = ""

    def build(self) -> Launcher:
        launcher: Launcher = self.spec.load()(self.options)
        return launcher

    def found_when_built(self) -> str:
        built = self.build()
        return "" if callable(getattr(built, "launch", None)) else "no method launch"

    def found_without_jobs(self) -> str:
        outcomes = list(self.build().launch([]))
        return f"{outcomes}" if outcomes else ""

    def found_in_outcomes(self) -> str:
        with tempfile.TemporaryDirectory() as folder:
            jobs = [_failing(Path(folder), "a"), _finished(Path(folder), "b"), _failing(Path(folder), "c")]
            try:
                outcomes = list(self.build().launch(jobs))
            except AlsegError as error:  # as a launcher must where the cluster that it needs is not there
                self.no_cluster = error.message
                return error.message
        if wrong := next(filter(None, map(outcome_fault, outcomes)), ""):
            return wrong
        keys = sorted(outcome.key for outcome in outcomes)
        if keys != ["a", "b", "c"]:
            return f"answers for {', '.join(keys) or 'none'} of the jobs a, b, c"
        errors = {outcome.key: outcome.error for outcome in outcomes}
        if errors["b"]:
            return f"an error for the job that is finished: {errors['b']}"
        silent = [key for key in ("a", "c") if _NOWHERE not in errors[key]]
        return f"{errors[silent[0]]!r} where the dataset {_NOWHERE!r} does not exist" if silent else ""

    def found_when_closed(self) -> str:
        with tempfile.TemporaryDirectory() as folder:
            outcomes = self.build().launch([_failing(Path(folder), key) for key in "ab"])
            next(outcomes)
            close = getattr(outcomes, "close", None)
            if close is None:
                return "an iterator without close()"
            close()
            return "an outcome after close()" if next(outcomes, None) is not None else ""


def _failing(folder: Path, key: str) -> Job:
    config = {"loop": {"rounds": 0}, "dataset": {"name": _NOWHERE}}
    return Job(key, f"job {key}, which fails", config, folder / key)


def _finished(folder: Path, key: str) -> Job:
    config: dict[str, Any] = {"loop": {"rounds": 0}, "dataset": {"name": _NOWHERE}}
    (folder / key).mkdir()
    (folder / key / CONFIG).write_text("[loop]\nrounds = 0\n", encoding="utf-8")
    (folder / key / ROUNDS).write_text(json.dumps(synthetic_record(0)) + "\n", encoding="utf-8")
    return Job(key, f"job {key}, which is finished", config, folder / key)
