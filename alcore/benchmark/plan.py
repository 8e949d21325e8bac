"""From a grid to jobs: every configuration resolved, every job named by its key, before anything runs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from alcore.benchmark.directory import BenchmarkDirectory
from alcore.benchmark.grid import Choice, Grid
from alcore.benchmark.job import is_finished
from alcore.benchmark.keys import Surroundings, directory_name, job_key, start_key
from alcore.benchmark.planned import PlannedJob
from alcore.conversion.convert import Progress
from alcore.conversion.ensure import ensure_store
from alcore.errors import AlsegError
from alcore.jobs import Job
from alcore.records import JobNote
from alcore.registry import Registry
from alcore.runs.config import RunConfig, resolve
from alcore.runs.layers import DEFAULT_PROTOCOL, Values, learner_of, merge, said_of_full_data
from alcore.specs import StrategySpec
from alcore.store.locate import is_path
from alcore.store.reader import SliceStore

FULL_DATA = "full data"
"""What stands in the place of a strategy for a run on the fully labelled pool."""


@dataclass(frozen=True)
class Plan:
    """The jobs of a benchmark.

    Args:
        grid: what was asked for.
        jobs: by dataset and seed: full-data training, if asked for, then one job per strategy.
        starts: the rounds 0 that unfinished jobs share, trained before them.
    """

    grid: Grid
    jobs: tuple[PlannedJob, ...]
    starts: tuple[Job, ...]

    @property
    def pending(self) -> tuple[Job, ...]:
        """The jobs that are not finished."""
        return tuple(planned.job for planned in self.jobs if not planned.finished)


def plan(
    grid: Grid,
    registry: Registry,
    directory: BenchmarkDirectory,
    progress: Progress = lambda done, total: None,
) -> Plan:
    """Resolve every run of ``grid`` and find out what is done already in ``directory``.

    Args:
        grid: the grid.
        registry: the installed components.
        directory: where the benchmark is, or will be.
        progress: told of the conversion of embedded datasets.

    Raises:
        AlsegError: a component or option is unknown or does not fit, a dataset has no store, or two entries of the grid
            are one and the same job.
    """
    _check_names(grid, registry)
    # A job may run in another folder, or on another machine.
    directory = BenchmarkDirectory(directory.path.absolute())
    known = directory.run_directories()
    jobs: list[PlannedJob] = []
    starts: dict[str, Job] = {}
    for dataset, fingerprint in _fingerprints(grid, registry, progress):
        around = Surroundings(fingerprint)
        for seed in grid.seeds:
            if grid.full_data is not None:
                config = resolve(_full_data_values(grid, dataset, seed), registry)
                jobs.append(_planned(config, around, FULL_DATA, dataset, directory, known, None))
            for strategy in grid.strategies:
                config = resolve(_values(grid, dataset, strategy, seed), registry)
                first = _start(directory, config, dataset, start_key(config, around))
                planned = _planned(config, around, strategy.label, dataset, directory, known, first)
                jobs.append(planned)
                if not planned.finished and not is_finished(first):
                    starts.setdefault(first.key, first)
    _check_distinct(jobs)
    return Plan(grid, tuple(jobs), tuple(starts.values()))


def _planned(
    config: RunConfig,
    around: Surroundings,
    label: str,
    dataset: Choice,
    directory: BenchmarkDirectory,
    known: Mapping[str, Path],
    first: Job | None,
) -> PlannedJob:
    key, name, seed = job_key(config, around), _short(dataset), config.run.seed
    full_data = config.run.full_data
    notes: JobNote = {"key": key, "full_data": full_data, "strategy": label, "dataset": name, "seed": seed}
    job = Job(
        key=key,
        label=f"{label} on {name}, seed {seed}",
        config=config.as_values(),
        directory=known.get(key) or directory.runs / directory_name(name, label, seed, key),
        start=first.directory if first else None,
    )
    return PlannedJob(job, config, notes, is_finished(job))


def _fingerprints(grid: Grid, registry: Registry, progress: Progress) -> Iterator[tuple[Choice, str]]:
    for dataset in grid.datasets:
        path = ensure_store(dataset.name, registry, options=dataset.options, progress=progress)
        if is_path(dataset.name):
            dataset = replace(dataset, name=str(path.resolve()))
        with SliceStore.open(path) as store:
            yield dataset, store.info.fingerprint


def _values(grid: Grid, dataset: Choice, strategy: Choice, seed: int) -> Values:
    return merge([grid.values, {"seed": seed, "dataset": dataset.as_section(), "strategy": strategy.as_section()}])


def _full_data_values(grid: Grid, dataset: Choice, seed: int) -> Values:
    shared = {name: value for name, value in grid.values.items() if name != "loop"}
    given = merge([shared, grid.full_data or {}])
    said = said_of_full_data(str(grid.values.get("protocol", DEFAULT_PROTOCOL)), learner_of(given))
    own = {"full_data": True, "seed": seed, "dataset": dataset.as_section()}
    return merge([shared, said, grid.full_data or {}, own])


def _start(directory: BenchmarkDirectory, config: RunConfig, dataset: Choice, key: str) -> Job:
    name, seed = _short(dataset), config.run.seed
    values = merge([config.as_values(), {"loop": {"rounds": 0}}])
    values["trackers"] = {}
    return Job(
        key=key,
        label=f"round 0 on {name}, seed {seed}",
        config=values,
        directory=directory.starts / directory_name(name, "", seed, key),
    )


def _short(dataset: Choice) -> str:
    """The dataset's label; of a path, the file's name alone."""
    return Path(dataset.name).stem if is_path(dataset.name) else dataset.label


def _check_names(grid: Grid, registry: Registry) -> None:
    """Before any dataset is converted: raise unless every strategy is there, and name all that are not at once."""
    missing = [choice.name for choice in grid.strategies if registry.owner(StrategySpec, choice.name) is None]
    if missing:
        try:
            registry.get(StrategySpec, missing[0])
        except AlsegError as error:
            raise AlsegError(f"no strategy named {', '.join(map(repr, missing))}", hint=error.hint) from error
    for choice in grid.strategies:
        registry.get(StrategySpec, choice.name)  # two plugins may offer it


def _check_distinct(jobs: list[PlannedJob]) -> None:
    seen: dict[str, str] = {}
    for planned in jobs:
        other = seen.setdefault(planned.job.key, planned.job.label)
        if other != planned.job.label:
            raise AlsegError(
                f"{other!r} and {planned.job.label!r} are the same job: all their options are equal",
                hint="leave one of them out",
            )
