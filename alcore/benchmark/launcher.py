"""The launcher of a benchmark, and the threads that it gives each job."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from alcore.benchmark.directory import BenchmarkDirectory
from alcore.benchmark.grid import Grid
from alcore.contracts import Launcher
from alcore.registry import Registry
from alcore.specs import LauncherSpec

THREADS = "threads"


def settled_threads(grid: Grid, registry: Registry, directory: BenchmarkDirectory) -> tuple[Grid, int | None]:
    """The grid with a launcher that gives its jobs as many threads as the benchmark began with, and that number.

    Sums depend on the number of threads, and with them every number of a run. A launcher that shares out the cores
    would give another number to more jobs at once, or on another machine. Unless it is told a number, it keeps the one
    that the benchmark began with.

    Raises:
        AlsegError: there is no such launcher, or an option does not fit.
    """
    options = registry.get(LauncherSpec, str(grid.launcher["name"])).spec.options
    noted = directory.noted_threads()
    if THREADS in options.model_fields and grid.launcher.get(THREADS) is None and noted is not None:
        grid = replace(grid, launcher={**grid.launcher, THREADS: noted})
    return grid, build_launcher(grid.launcher, registry).threads


def build_launcher(section: Mapping[str, Any], registry: Registry) -> Launcher:
    """Build the launcher that ``section`` names, with its options.

    Raises:
        AlsegError: there is no such launcher, or an option does not fit.
    """
    options = dict(section)
    component = registry.get(LauncherSpec, str(options.pop("name")))
    launcher: Launcher = registry.build(component, component.parse_options(options))
    return launcher
