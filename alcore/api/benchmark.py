"""Benchmarks from Python and by the command line."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alcore.benchmark.decided import DECIDED, Decisions
from alcore.benchmark.directory import GRID_FILE, BenchmarkDirectory
from alcore.benchmark.grid import GRID_KEYS, Choice, Grid, make_grid, parse_choices
from alcore.benchmark.job import JobProgress, job_progress
from alcore.errors import AlsegError
from alcore.registry import Registry
from alcore.runs.layers import config_values, layered

if TYPE_CHECKING:
    from alcore.benchmark.estimate import JobEstimate
    from alcore.benchmark.launch import Ended
    from alcore.benchmark.plan import Plan
    from alcore.benchmark.planned import PlannedJob

__all__ = [
    "DECIDED",
    "GRID_FILE",
    "BenchmarkDirectory",
    "BenchmarkOutcome",
    "Choice",
    "ConfiguredBenchmark",
    "Decisions",
    "Ended",
    "JobEstimate",
    "JobProgress",
    "Plan",
    "configure_benchmark",
    "job_progress",
    "parse_choices",
    "run_benchmark",
]

Progress = Callable[[int, int], None]
"""Called with (done, in all)."""

Watched = Callable[["Plan"], AbstractContextManager[Callable[["Ended"], None]]]
"""Given the jobs before the first starts; what it opens is told of every job that ends, and closed after the last."""


@dataclass(frozen=True)
class BenchmarkOutcome:
    """What came of a benchmark.

    Args:
        jobs: all jobs of the grid.
        failed: those that failed, with the reason.
    """

    jobs: "Sequence[PlannedJob]"
    failed: "Sequence[Ended]"


@dataclass(frozen=True)
class ConfiguredBenchmark:
    """A benchmark whose grid can be read; its jobs are checked as they are planned.

    Args:
        grid: which strategies on which datasets under which seeds.
        path: its folder.
        registry: the installed components.
    """

    grid: Grid
    path: Path
    registry: Registry

    def estimate(self, progress: Progress = lambda done, total: None) -> "list[JobEstimate]":
        """What each job will take, and what is done already; embedded datasets are converted for it.

        Args:
            progress: told of the conversion of embedded datasets.

        Raises:
            AlsegError: a job's configuration cannot be, its data are not there, or the folder holds something else.
        """
        from alcore.benchmark.estimate import estimate_plan
        from alcore.benchmark.plan import plan

        directory = BenchmarkDirectory(self.path)
        directory.check_usable()
        return estimate_plan(plan(self.grid, self.registry, directory, progress), self.registry)

    def run(
        self,
        *,
        watched: Watched = lambda planned: nullcontext(lambda ended: None),
        converting: Callable[[], AbstractContextManager[Progress]] = lambda: nullcontext(lambda done, total: None),
    ) -> BenchmarkOutcome:
        """Run every job that is not finished; one that fails does not stop the others.

        Args:
            watched: watches the jobs.
            converting: opens what is told of the conversion of embedded datasets.

        Raises:
            AlsegError: a job's configuration cannot be, its data are not there, the launcher fails, the folder holds
                something else, or another process is running the benchmark.
        """
        from alcore.benchmark.launch import run_benchmark
        from alcore.benchmark.launcher import build_launcher
        from alcore.benchmark.plan import plan

        directory = BenchmarkDirectory(self.path)
        with directory.lock():
            with converting() as progress:
                planned = plan(self.grid, self.registry, directory, progress)
            launcher = build_launcher(planned.grid.launcher, self.registry)
            with watched(planned) as told:
                failed = run_benchmark(planned, directory, launcher, told=told)
        return BenchmarkOutcome(planned.jobs, failed)


def configure_benchmark(
    given: Mapping[str, Any],
    *,
    out: Path | None = None,
    protocol: str | None = None,
    config: Path | str | Mapping[str, Any] | None = None,
    settings: Iterable[str] = (),
) -> ConfiguredBenchmark:
    """Put a benchmark together; later values win: protocol, ``config``, ``given``, ``settings``.

    Args:
        given: ``strategies``, ``datasets``, ``seeds``, ``full_data`` and ``launcher`` as in a grid file, and values of
            its runs.
        out: its folder; ``benchmarks/<datasets>`` by default.
        protocol: values to start from: ``less-is-more`` (the default) or ``demo``.
        config: a grid file, or its content.
        settings: texts such as ``strategy.one_per_scan=false``.

    Raises:
        AlsegError: the grid cannot be read.
    """
    registry = Registry.installed()
    values = layered(given, protocol=protocol, config=config_values(config), settings=settings, apart=GRID_KEYS)
    grid = make_grid(values, registry)
    named = Path("benchmarks") / "-".join(choice.name.removesuffix(".h5") for choice in grid.datasets)
    return ConfiguredBenchmark(grid, out or named, registry)


def run_benchmark(
    *,
    strategies: str | Sequence[str],
    datasets: str | Sequence[str],
    out: Path | str,
    seeds: str | int | Sequence[int] = "0",
    full_data: bool | Mapping[str, Any] = False,
    launcher: Mapping[str, Any] | None = None,
    protocol: str | None = None,
    config: Path | str | Mapping[str, Any] | None = None,
    progress: bool = True,
    **settings: Any,
) -> BenchmarkOutcome:
    """Run strategies x datasets x seeds, as ``alseg benchmark`` does.

    What is finished in ``out`` is not run again, and what was interrupted goes on. A script that calls this needs the
    usual ``if __name__ == "__main__":``, since the local launcher starts processes.

    Args:
        strategies: ``"random,strided:block_size=5"``, or a list of such texts.
        datasets: likewise.
        out: folder of the benchmark.
        seeds: ``"0-2"``, one seed, or a list of seeds.
        full_data: whether the fully labelled pool is trained on too, or values by which that differs.
        launcher: name and options of what runs the jobs: ``{"name": "local", "jobs": 2}``.
        protocol: values to start from: ``less-is-more`` (the default), ``strong``, ``patches`` or ``demo``.
        config: a grid file, or its content.
        progress: write a line for each job that ends to stderr.
        settings: as for :func:`alcore.run`.

    Returns:
        The jobs, each with the directory of its run; ``alseg_results.tidy_results(out)`` gives their scores as a table.

    Raises:
        AlsegError: the grid cannot be, or a job failed; the others are run all the same.
    """
    grid_values = {"strategies": strategies, "datasets": datasets, "seeds": seeds, "full_data": full_data}
    given = {**settings, **grid_values, **({"launcher": dict(launcher)} if launcher else {})}
    configured = configure_benchmark(given, out=Path(out), protocol=protocol, config=config)
    outcome = configured.run(watched=_lines) if progress else configured.run()
    if outcome.failed:
        first = outcome.failed[0]
        raise AlsegError(
            f"{len(outcome.failed)} of {len(outcome.jobs)} jobs failed, {first.job.label!r} since "
            f"{first.outcome.error}",
            hint=first.outcome.hint,
        )
    return outcome


@contextmanager
def _lines(planned: "Plan") -> Iterator[Callable[["Ended"], None]]:
    """A line on stderr for each job that ends."""

    def say(ended: "Ended") -> None:
        how = f"failed: {ended.outcome.error}" if ended.outcome.error else "done"
        print(f"{ended.job.label}: {how}", file=sys.stderr, flush=True)

    yield say
