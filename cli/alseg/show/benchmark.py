"""A benchmark in the terminal: a live table or plain lines on stderr, the outcome on stdout."""

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.live import Live

from alcore.api.benchmark import BenchmarkOutcome, ConfiguredBenchmark, job_progress
from alcore.api.progress import duration
from alseg.failures import EXIT_INTERRUPTED
from alseg.output import echo, terminal
from alseg.progress import progress_of
from alseg.show.jobs import job_table
from alseg.show.json_output import echo_json

if TYPE_CHECKING:
    from alcore.api.benchmark import Ended, Plan


def show_estimates(configured: ConfiguredBenchmark, as_json: bool) -> None:
    """Print the jobs, what is done already, and what the rest will take."""
    with progress_of("converting", "scans") as progress:
        estimates = configured.estimate(progress)
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


def run_benchmark(configured: ConfiguredBenchmark, as_json: bool) -> bool:
    """Run a benchmark and show how it goes; returns whether a job failed."""
    try:
        outcome = configured.run(watched=_watching, converting=lambda: progress_of("converting", "scans"))
    except KeyboardInterrupt:
        echo("\nstopped; committed rounds are safe. To go on, run the same command again.", err=True)
        sys.exit(EXIT_INTERRUPTED)
    _show_outcome(outcome, configured.path, as_json)
    return bool(outcome.failed)


@contextmanager
def _watching(planned: "Plan") -> Iterator[Any]:
    done = len(planned.jobs) - len(planned.pending)
    echo(f"{len(planned.jobs)} jobs, {done} of them finished already", err=True)
    if not sys.stderr.isatty():
        yield _Lines(planned)
        return
    console = terminal(stderr=True)
    jobs = (*planned.starts, *planned.pending)
    with Live(get_renderable=lambda: job_table(jobs, console.height), console=console, refresh_per_second=1):
        yield lambda ended: None


class _Lines:
    """A plain line for each job that ends."""

    def __init__(self, planned: "Plan") -> None:
        self._total = len(planned.starts) + len(planned.pending)
        self._done = 0

    def __call__(self, ended: "Ended") -> None:
        self._done += 1
        progress = job_progress(ended.job)
        score = "" if progress.score is None else f", validation {progress.score:.4f}"
        how = f"failed: {ended.outcome.error}" if ended.outcome.error else f"done{score}"
        echo(f"{self._done} of {self._total}: {ended.job.label}: {how}", err=True)


def _show_outcome(outcome: BenchmarkOutcome, path: Path, as_json: bool) -> None:
    jobs, failed = outcome.jobs, outcome.failed
    if as_json:
        reasons = {ended.job.key: ended.outcome for ended in failed}
        rows = [
            {
                **item.notes,
                "directory": str(item.job.directory),
                "state": "failed" if item.job.key in reasons else "finished",
                "error": reasons[item.job.key].error if item.job.key in reasons else "",
            }
            for item in jobs
        ]
        echo_json(rows)
        return
    for reason, count in Counter(ended.outcome.error for ended in failed).items():
        labels = [ended.job.label for ended in failed if ended.outcome.error == reason]
        echo(f"failed: {reason}\n        {count} of {len(jobs)} jobs: {'; '.join(labels)}", err=True)
        hint = next(ended.outcome.hint for ended in failed if ended.outcome.error == reason)
        if hint:
            echo(f"hint:   {hint}", err=True)
    echo(f"{len(jobs) - len(failed)} of {len(jobs)} jobs are finished: {path}")
    echo(f"now:  alseg results {path}   alseg report {path}")
