"""Benchmarks and their results from Python."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alcore.errors import AlsegError
from alcore.registry import Registry
from alcore.runs.layers import config_values, layered

if TYPE_CHECKING:
    import pandas

    from alcore.benchmark.launch import Ended


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
) -> "pandas.DataFrame":
    """Run strategies x datasets x seeds, as ``alseg benchmark`` does, and return all scores as one long table.

    What is finished in ``out`` is not run again, and what was interrupted goes on. A script that calls this needs the
    usual ``if __name__ == "__main__":``, since the local launcher starts processes.

    Args:
        strategies: ``"random,strided:block_size=5"``, or a list of such texts.
        datasets: likewise.
        out: folder of the benchmark.
        seeds: ``"0-2"``, one seed, or a list of seeds.
        full_data: whether the fully labelled pool is trained on too, or values by which that differs.
        launcher: name and options of what runs the jobs: ``{"name": "local", "jobs": 2}``.
        protocol: values to start from: ``less-is-more`` (the default) or ``demo``.
        config: a grid file, or its content.
        progress: write a line for each job that ends to stderr.
        settings: as for :func:`alcore.run`.

    Returns:
        As :func:`tidy_results`.

    Raises:
        AlsegError: the grid cannot be, or a job failed; the others are run all the same.
    """
    from alcore.benchmark.directory import BenchmarkDirectory
    from alcore.benchmark.grid import GRID_KEYS, make_grid
    from alcore.benchmark.launch import run_benchmark
    from alcore.benchmark.launcher import build_launcher
    from alcore.benchmark.plan import plan

    grid_values = {"strategies": strategies, "datasets": datasets, "seeds": seeds, "full_data": full_data}
    given = {**settings, **grid_values, **({"launcher": dict(launcher)} if launcher else {})}
    registry = Registry.installed()
    grid = make_grid(layered(given, protocol=protocol, config=config_values(config), apart=GRID_KEYS), registry)
    directory = BenchmarkDirectory(Path(out))
    with directory.lock():
        planned = plan(grid, registry, directory)
        failed = run_benchmark(
            planned,
            directory,
            build_launcher(planned.grid.launcher, registry),
            told=_say if progress else lambda ended: None,
        )
    if failed:
        first = failed[0]
        raise AlsegError(
            f"{len(failed)} of {len(planned.jobs)} jobs failed, {first.job.label!r} since {first.outcome.error}",
            hint=first.outcome.hint,
        )
    return tidy_results(out)


def tidy_results(folder: Path | str) -> "pandas.DataFrame":
    """All scores of a benchmark, of a folder of runs, or of one run as one long table.

    Returns:
        ``dataset``, ``strategy``, ``seed``, ``round``, ``labelled``, ``pseudo_labelled``, ``split``, ``metric``,
        ``class`` (a foreground class, or ``mean`` over them) and ``value``. Training on the fully labelled pool has
        the strategy ``full data``.

    Raises:
        AlsegError: there is no such folder, or no run in it has a committed round.
    """
    from alseg_results.runs import find_runs
    from alseg_results.tidy import tidy

    found = find_runs(folder)
    return tidy([*found.runs, *found.full_data])


def _say(ended: "Ended") -> None:
    how = f"failed: {ended.outcome.error}" if ended.outcome.error else "done"
    print(f"{ended.job.label}: {how}", file=sys.stderr, flush=True)
