"""Start a run in a new directory, or go on with one."""

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from alcore.classic.patch_size import choose_patch_size
from alcore.classic.training import VolumeTraining
from alcore.conversion.ensure import ensure_store
from alcore.engine.experiment import Experiment
from alcore.engine.loop import RoundResult, active_learning
from alcore.engine.moments import Moments, announce
from alcore.engine.tracker_guard import GuardedTracker
from alcore.errors import AlsegError
from alcore.files import make_own_folder
from alcore.pool.data import PoolData
from alcore.records import Kind, RoundRecord, SelectedSlice
from alcore.registry import Registry
from alcore.runs.assemble import assemble
from alcore.runs.checkpoint import load_checkpoint, save_checkpoint
from alcore.runs.config import RunConfig, resolve
from alcore.runs.directory import RunDirectory
from alcore.runs.environment import check_goes_on_the_same, describe_environment
from alcore.runs.epoch_checkpoint import EpochCheckpoint
from alcore.runs.estimate import Estimate, estimate_run
from alcore.runs.replay import read_replay, replayed_selections
from alcore.runs.volumes import assemble_volumes, estimate_volumes, run_volumes
from alcore.store.reader import SliceStore

Told = Callable[[Estimate], None]
Work = Experiment | VolumeTraining


def start(
    config: RunConfig,
    registry: Registry,
    out: Path,
    *,
    listeners: Sequence[Moments] = (),
    told: Told | None = None,
    first: Path | None = None,
) -> RunDirectory:
    """Run ``config`` in the new directory ``out``.

    Args:
        config: what to run.
        registry: the installed components.
        out: the run directory; must not exist or be empty.
        listeners: told of every moment of the run.
        told: told of the estimate before round 0; None spares making it.
        first: run directory of round 0 alone, which this run shares; it is taken over instead of trained again.

    Raises:
        AlsegError: anything that the user can fix; what was committed before stays readable.
    """
    RunDirectory.check_free(out)
    with closing(open_config_store(config, registry)) as store:
        config = _with_patch_size(config, store)
        work, data = _assemble(config, registry, store)
        log = read_replay(config.replay, config.loop.rounds, store.info.fingerprint) if config.replay else []
        if isinstance(work, Experiment):
            work.replayed = replayed_selections(log, work.pool.table)
        if told is not None:
            told(_estimate(work, data))
        environment = describe_environment(config.components(), store, work.inference.device)
        directory = RunDirectory.create(out, config.as_values(), environment, log)
        with directory.lock():
            _run(work, config, registry, directory, listeners, first)
    return directory


def resume(
    path: Path,
    registry: Registry,
    *,
    listeners: Sequence[Moments] = (),
    first: Path | None = None,
    wait: float = 0.0,
) -> RunDirectory:
    """Go on with the run in ``path`` after its last committed round.

    Args:
        path: the run directory.
        registry: the installed components.
        listeners: told of every moment of the run.
        first: as in :func:`start`, where the run was stopped before its own round 0.
        wait: seconds to wait while another process still holds the run.

    Raises:
        AlsegError: it is no run directory, its dataset changed, another process is running it, or it is deterministic
            and began on another device or with another torch.
    """
    directory = RunDirectory.open(path)
    config = resolve(directory.config(), registry)
    with directory.lock(wait=wait), closing(open_config_store(config, registry)) as store:
        check_same_data(directory, store)
        first_part = directory.environment()
        work, _ = _assemble(config, registry, store)
        if isinstance(work, Experiment):
            work.replayed = replayed_selections(directory.replayed(), work.pool.table)
        environment = describe_environment(config.components(), store, work.inference.device)
        if config.run.deterministic:
            check_goes_on_the_same(first_part, environment, path)
        directory.note_resumed(environment)
        _run(work, config, registry, directory, listeners, first)
    return directory


def estimate(config: RunConfig, registry: Registry) -> Estimate:
    """Estimate time and memory of ``config`` without running it."""
    with closing(open_config_store(config, registry)) as store:
        return _estimate(*_assemble(_with_patch_size(config, store), registry, store))


def _with_patch_size(config: RunConfig, store: SliceStore) -> RunConfig:
    if config.dim == 2 or config.classic.patch_size is not None:
        return config
    return config.with_patch_size(choose_patch_size(store))


def _assemble(config: RunConfig, registry: Registry, store: SliceStore) -> tuple[Work, PoolData]:
    return assemble(config, registry, store) if config.dim == 2 else assemble_volumes(config, registry, store)


def _estimate(work: Work, data: PoolData) -> Estimate:
    return estimate_run(work, data) if isinstance(work, Experiment) else estimate_volumes(work, data)


def open_config_store(config: RunConfig, registry: Registry) -> SliceStore:
    """Open the configuration's dataset, which is converted first if it is embedded."""
    return SliceStore.open(ensure_store(config.dataset, registry, options=config.dataset_options))


def check_same_data(directory: RunDirectory, store: SliceStore) -> None:
    """Check that ``store`` holds what the run was started on.

    Raises:
        AlsegError: its content differs.
    """
    expected = directory.environment()["dataset"]["fingerprint"]
    if store.info.fingerprint != expected:
        raise AlsegError(
            f"the store {store.path} is not the one that {directory.path} was started on: its content differs",
            hint="convert the dataset as it was, or start a new run",
        )


def _run(
    work: Work,
    config: RunConfig,
    registry: Registry,
    directory: RunDirectory,
    listeners: Sequence[Moments],
    first: Path | None,
) -> None:
    rounds = _restored(work, directory, first) if isinstance(work, Experiment) else directory.rounds()
    together = [*_build_trackers(config, registry, directory), *listeners]
    keeper = None
    if config.trains:
        keeper = EpochCheckpoint(directory.epoch_path, config.classic.checkpoint_interval, work.inference.device)
        work.learner.keeper = keeper
    try:
        announce(
            together,
            "run_started",
            config=config.as_values(),
            first_round=len(rounds),
            last_round=config.loop.rounds,
            committed=rounds,
        )
        if isinstance(work, Experiment):
            _run_rounds(work, directory, together)
        else:
            run_volumes(work, directory, together)
        if keeper is not None:
            keeper.remove()
    finally:
        announce(together, "closed")


def _restored(experiment: Experiment, directory: RunDirectory, first: Path | None) -> list[RoundRecord]:
    """Go to the last committed round; where there is none, take over that of ``first``. Return the committed rounds."""
    if rounds := directory.rounds():
        load_checkpoint(experiment, directory.checkpoint_path(len(rounds) - 1))
        directory.drop_checkpoints_but(len(rounds) - 1)
        return rounds
    return [] if first is None else _take_over_round_0(first, directory, experiment)


def _run_rounds(experiment: Experiment, directory: RunDirectory, listeners: Sequence[Moments]) -> None:
    def commit(result: RoundResult) -> None:
        save_checkpoint(experiment, directory.checkpoint_path(result.record["round"]))
        directory.commit(result.record, selection_rows(experiment, result))

    reason = active_learning(experiment, first_round=len(directory.rounds()), commit=commit, listeners=listeners)
    announce(listeners, "run_finished", reason=reason)


def _take_over_round_0(first: Path, directory: RunDirectory, experiment: Experiment) -> list[RoundRecord]:
    """Commit the round 0 of ``first`` as this run's own, and return the committed rounds: it, if it was finished."""
    source = RunDirectory.open(first)
    rounds = source.rounds()
    if not rounds:
        return []
    load_checkpoint(experiment, source.checkpoint_path(0))
    save_checkpoint(experiment, directory.checkpoint_path(0))
    directory.commit(rounds[0], source.selections())
    return directory.rounds()


def _build_trackers(config: RunConfig, registry: Registry, directory: RunDirectory) -> list[Moments]:
    trackers: list[Moments] = []
    for item in config.trackers:
        folder = directory.path / item.name
        make_own_folder(folder)
        tracker = registry.build(item.component, item.options, directory=folder)
        trackers.append(GuardedTracker(tracker, item.component.full_name))
    return trackers


def selection_rows(experiment: Experiment, result: RoundResult) -> list[SelectedSlice]:
    """The rows of ``selections.csv`` for one round: what was queried, then what was pseudo-labelled."""
    table, selection = experiment.pool.table, result.selection
    scan_slices = np.bincount(table.scan)
    block_of = {index: block for block in selection.blocks for index in range(block.first, block.last + 1)}
    round_number = result.record["round"]

    def row(order: int, kind: Kind, index: int, score: float | None = None) -> SelectedSlice:
        block, paid = block_of.get(index), kind != "pseudo"
        return {
            "round": round_number,
            "order": order,
            "kind": kind,
            "slice": index,
            "scan": table.scan_ids[table.scan[index]],
            "position": int(table.position[index]),
            "score": score,
            "block_first": block.first if block else None,
            "block_last": block.last if block else None,
            "scan_slices": int(scan_slices[table.scan[index]]),
            "height": int(table.height[index]),
            "width": int(table.width[index]),
            "foreground": int(experiment.oracle.foreground[index]) if paid else None,
            "boundary": int(experiment.oracle.boundary[index]) if paid else None,
        }

    kind: Kind = "query" if round_number else "initial"
    scores: list[float | None] = [None] * len(selection.indices)
    if selection.scores is not None:
        scores = [float(score) for score in selection.scores]
    queried = [row(k, kind, int(index), scores[k]) for k, index in enumerate(selection.indices)]
    return queried + [row(k, "pseudo", index) for k, index in enumerate(result.pseudo_labelled)]
