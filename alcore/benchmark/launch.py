"""Run a benchmark's unfinished jobs with a launcher."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

from alcore.benchmark.directory import BenchmarkDirectory
from alcore.benchmark.job import is_finished
from alcore.benchmark.plan import Plan
from alcore.contracts import Launcher
from alcore.errors import plugin_fault
from alcore.guards.guarded import label_of
from alcore.jobs import Job, JobOutcome


@dataclass(frozen=True)
class Ended:
    """A job that has ended, for whoever watches."""

    job: Job
    outcome: JobOutcome


def run_benchmark(
    plan: Plan,
    directory: BenchmarkDirectory,
    launcher: Launcher,
    *,
    told: Callable[[Ended], None] = lambda ended: None,
) -> list[Ended]:
    """Train the shared rounds 0, then run every unfinished job; return those that failed.

    Finished jobs are not run again and interrupted ones go on. A job that fails does not stop the others.

    Args:
        plan: the jobs, planned for ``directory``.
        directory: the benchmark's folder, whose lock the caller holds.
        launcher: runs the jobs.
        told: told of every job that ends.

    Raises:
        AlsegError: the launcher leaves a job unanswered, or the folder cannot be written to.
    """
    directory.prepare(plan.grid.as_values(), plan.jobs)
    failed: list[Ended] = []
    # A round 0 that fails is trained again by each job that needed it, which then reports the reason as its own.
    for wave in (plan.starts, plan.pending):
        for ended in _launch(launcher, wave):
            told(ended)
            if ended.outcome.error:
                failed.append(ended)
    keys = {job.key for job in plan.pending}
    return [ended for ended in failed if ended.job.key in keys]


def _launch(launcher: Launcher, jobs: Sequence[Job]) -> Iterator[Ended]:
    waiting = {job.key: job for job in jobs}
    if not waiting:
        return
    with closing(launcher.launch(tuple(jobs))) as outcomes:  # closing it stops what still runs
        for outcome in outcomes:
            job = waiting.pop(outcome.key, None)
            if job is None:
                raise plugin_fault(
                    label_of(launcher), f"answered the job {outcome.key!r}, which it was not given or had answered"
                )
            if not outcome.error and not is_finished(job):
                outcome = JobOutcome(job.key, "it was reported as done, but its last round is missing")
            yield Ended(job, outcome)
    if waiting:
        told = f"left {len(waiting)} jobs unanswered, {next(iter(waiting.values())).label!r} first"
        raise plugin_fault(label_of(launcher), told)
