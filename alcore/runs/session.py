"""A session: a run opened from its configuration, ready to go round after round."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch

from alcore.conversion.ensure import ensure_store
from alcore.engine.experiment import Experiment
from alcore.engine.loop import active_learning
from alcore.engine.tracker_guard import GuardedTracker
from alcore.errors import AlsegError
from alcore.files import make_own_folder
from alcore.moments import Moments, announce
from alcore.pool.data import PoolData, open_splits
from alcore.records import Environment, RoundRecord, SelectedSlice
from alcore.registry import Registry
from alcore.runs.assemble import build_experiment, build_units, prepare_torch, training_scan_sizes
from alcore.runs.checkpoint import load_checkpoint, save_checkpoint
from alcore.runs.config import RunConfig
from alcore.runs.directory import RunDirectory
from alcore.runs.directory_log import DirectoryLog
from alcore.runs.environment import describe_environment
from alcore.runs.epoch_checkpoint import EpochCheckpoint
from alcore.runs.replay import read_replay, replayed_selections
from alcore.store.reader import SliceStore

ANNOTATOR = "annotator"
"""The folder of the annotator in a run directory."""


@dataclass(frozen=True)
class Session:
    """A run, for active learning and full-data training alike, with whatever learner.

    Args:
        config: what runs, completed by what follows from the data.
        registry: the installed components.
        store: the data.
        data: its splits.
        experiment: the parts of the run.
        replayed: the query log that the run repeats; empty where it makes its own queries.
        device: where it computes.
    """

    config: RunConfig
    registry: Registry
    store: SliceStore
    data: PoolData
    experiment: Experiment
    replayed: Sequence[SelectedSlice]
    device: torch.device

    def environment(self) -> Environment:
        """Where this run is made."""
        return describe_environment(self.config.components(), self.store, self.device)

    def run(self, directory: RunDirectory, listeners: Sequence[Moments] = (), first: Path | None = None) -> None:
        """Go on after the last committed round of ``directory`` to the end.

        Args:
            directory: the run's own, locked.
            listeners: told of every moment of the run, after its trackers.
            first: run directory of round 0 alone, which this run shares; it is taken over instead of trained again.

        Raises:
            AlsegError: anything that the user can fix; what was committed before stays readable.
        """
        rounds = self._restored(directory, first)
        together = [*self._build_trackers(directory), *listeners]
        keeper = None
        if self.config.run.full_data:
            keeper = EpochCheckpoint(directory.epoch_path, self.config.run.checkpoint_interval, self.device)
        try:
            announce(
                together,
                "run_started",
                config=self.config.as_values(),
                first_round=len(rounds),
                last_round=self.config.loop.rounds,
                committed=rounds,
            )
            reason = active_learning(
                self.experiment,
                first_round=len(rounds),
                log=DirectoryLog(self.experiment, directory),
                listeners=together,
                keeper=keeper,
            )
            announce(together, "run_finished", reason=reason)
            if keeper is not None:
                keeper.remove()
        finally:
            announce(together, "closed")

    def _restored(self, directory: RunDirectory, first: Path | None) -> list[RoundRecord]:
        """Go to the last committed round, or take over that of ``first``; return the committed rounds."""
        rounds = directory.rounds()
        if rounds:
            load_checkpoint(self.experiment, directory.checkpoint_path(len(rounds) - 1), directory.selections())
            directory.drop_checkpoints_but(len(rounds) - 1)
        elif first is not None and (shared := RunDirectory.open(first)).rounds():
            load_checkpoint(self.experiment, shared.checkpoint_path(0), shared.selections())
            save_checkpoint(self.experiment, directory.checkpoint_path(0))
            directory.commit(shared.rounds()[0], shared.selections(), shared.scores(0))
        return directory.rounds()

    def _build_trackers(self, directory: RunDirectory) -> list[Moments]:
        trackers: list[Moments] = []
        for item in self.config.trackers:
            folder = directory.path / item.name
            make_own_folder(folder)
            tracker = self.registry.build(item.component, item.options, directory=folder)
            trackers.append(GuardedTracker(tracker, item.component.full_name, self.config.run.tracker_seconds))
        return trackers


@contextmanager
def open_session(
    config: RunConfig, registry: Registry, directory: RunDirectory | None = None, out: Path | None = None
) -> Iterator[Session]:
    """Open the data of ``config`` and build what it runs.

    Args:
        config: what to run.
        registry: the installed components.
        directory: the run directory, where the run was started before.
        out: where the run directory is to be, where it is started now; None where it is only looked at.

    Raises:
        AlsegError: the data are not there, are not those that the run was started on, or a component does not fit.
    """
    with closing(open_config_store(config, registry)) as store:
        yield build_session(config, registry, store, directory, out)


def build_session(
    config: RunConfig,
    registry: Registry,
    store: SliceStore,
    directory: RunDirectory | None = None,
    out: Path | None = None,
) -> Session:
    """Build what runs on an open store; see :func:`open_session`."""
    if directory is not None:
        check_same_data(directory, store)
    config = config.completed(training_scan_sizes(store))
    device = prepare_torch(config)
    data = open_splits(store, config.pool, device)
    log: Sequence[SelectedSlice] = []
    if directory is not None:
        log = directory.replayed()
    elif config.replay is not None:
        log = read_replay(config.replay, config.loop.rounds, store.info.fingerprint)
    table = data.splits["train"].table
    units = build_units(config, table)
    replayed = replayed_selections(log, table, units)
    folder = (directory.path if directory is not None else out or Path()) / ANNOTATOR
    experiment = build_experiment(config, registry, store, data, device, units, replayed, folder)
    return Session(config, registry, store, data, experiment, log, device)


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
