"""A benchmark in the terminal: a live table or plain lines on stderr, the outcome on stdout."""

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.live import Live

from alcore.benchmark.directory import BenchmarkDirectory
from alcore.benchmark.estimate import estimate_plan
from alcore.benchmark.grid import Grid
from alcore.benchmark.job import job_progress
from alcore.benchmark.launch import Ended, run_benchmark
from alcore.benchmark.launcher import build_launcher
from alcore.benchmark.plan import Plan, plan
from alcore.registry import Registry
from alcore.runs.narration import duration
from alseg.failures import EXIT_INTERRUPTED
from alseg.progress import progress_of
from alseg.show.jobs import job_table
from alseg.show.json_output import echo_json
from alseg.terminal import echo, terminal


def dry_run(grid: Grid, registry: Registry, path: Path, as_json: bool) -> None:
    """Print the jobs, what is done already, and what the rest will take."""
    directory = BenchmarkDirectory(path)
    directory.check_usable()
    planned = _plan(grid, registry, directory)
    estimates = estimate_plan(planned, registry)
    if as_json:
        rows = [
            {**item.planned.notes, "state": item.state, "seconds": item.seconds, "memory_bytes": item.memory_bytes}
            for item in estimates
        ]
        echo_json(rows)
        return
    for item in estimates:
        about = f"about {duration(item.seconds)}, {item.memory_bytes / 2**30:.1f} GiB" if item.seconds else ""
        echo(f"{item.planned.job.key[:8]}  {item.planned.job.label}: {item.state}{', ' if about else ''}{about}")
    pending = [item for item in estimates if item.seconds]
    seconds = sum(item.seconds for item in pending)
    echo(f"{len(estimates)} jobs, {len(pending)} to run: about {duration(seconds)} of computing, one at a time")


def run_grid(grid: Grid, registry: Registry, path: Path, as_json: bool) -> bool:
    """Run a benchmark and show how it goes; returns whether a job failed."""
    directory = BenchmarkDirectory(path)
    try:
        with directory.lock():
            planned = _plan(grid, registry, directory)
            done = len(planned.jobs) - len(planned.pending)
            echo(f"{len(planned.jobs)} jobs, {done} of them finished already", err=True)
            launcher = build_launcher(planned.grid.launcher, registry)
            with _watching(planned) as told:
                failed = run_benchmark(planned, directory, launcher, told=told)
    except KeyboardInterrupt:
        echo("\nstopped; committed rounds are safe. To go on, run the same command again.", err=True)
        sys.exit(EXIT_INTERRUPTED)
    _show_outcome(planned, failed, path, as_json)
    return bool(failed)


def _plan(grid: Grid, registry: Registry, directory: BenchmarkDirectory) -> Plan:
    with progress_of("converting", "scans") as progress:
        return plan(grid, registry, directory, progress)


@contextmanager
def _watching(planned: Plan) -> Iterator[Any]:
    if not sys.stderr.isatty():
        yield _Lines(planned)
        return
    console = terminal(stderr=True)
    jobs = (*planned.starts, *planned.pending)
    with Live(get_renderable=lambda: job_table(jobs, console.height), console=console, refresh_per_second=1):
        yield lambda ended: None


class _Lines:
    """A plain line for each job that ends."""

    def __init__(self, planned: Plan) -> None:
        self._total = len(planned.starts) + len(planned.pending)
        self._done = 0

    def __call__(self, ended: Ended) -> None:
        self._done += 1
        progress = job_progress(ended.job)
        score = "" if progress.score is None else f", validation {progress.score:.4f}"
        how = f"failed: {ended.outcome.error}" if ended.outcome.error else f"done{score}"
        echo(f"{self._done} of {self._total}: {ended.job.label}: {how}", err=True)


def _show_outcome(planned: Plan, failed: list[Ended], path: Path, as_json: bool) -> None:
    if as_json:
        reasons = {ended.job.key: ended.outcome for ended in failed}
        rows = [
            {
                **item.notes,
                "directory": str(item.job.directory),
                "state": "failed" if item.job.key in reasons else "finished",
                "error": reasons[item.job.key].error if item.job.key in reasons else "",
            }
            for item in planned.jobs
        ]
        echo_json(rows)
        return
    for reason, count in Counter(ended.outcome.error for ended in failed).items():
        labels = [ended.job.label for ended in failed if ended.outcome.error == reason]
        echo(f"failed: {reason}\n        {count} of {len(planned.jobs)} jobs: {'; '.join(labels)}", err=True)
        hint = next(ended.outcome.hint for ended in failed if ended.outcome.error == reason)
        if hint:
            echo(f"hint:   {hint}", err=True)
    echo(f"{len(planned.jobs) - len(failed)} of {len(planned.jobs)} jobs are finished: {path}")
    echo(f"now:  alseg results {path}   alseg report {path}")
