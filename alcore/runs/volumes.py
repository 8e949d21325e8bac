"""Classic training in 3D as a run: built from a configuration, estimated, and committed as round 0."""

import copy
import math
from collections.abc import Sequence

import torch

from alcore.classic.evaluator import VolumeEvaluator, scan_sizes
from alcore.classic.foreground import ForegroundVoxels
from alcore.classic.patches import PatchSampler, PatchSet
from alcore.classic.sliding_window import SlidingWindow
from alcore.classic.training import VolumeTraining, train_volumes
from alcore.engine.batches import batches_per_pass, steps_of_epochs
from alcore.engine.learner import Learner
from alcore.engine.moments import Moments, announce
from alcore.engine.seeding import generator
from alcore.engine.trainer import Trainer
from alcore.pool.data import PoolData
from alcore.query import Status
from alcore.registry import Registry
from alcore.runs.assemble import build_parts
from alcore.runs.checkpoint import save_state
from alcore.runs.config import RunConfig
from alcore.runs.directory import RunDirectory
from alcore.runs.estimate import TIMED, Estimate, seconds_of, without_disturbing
from alcore.runs.memory import peak_memory
from alcore.scans import Split
from alcore.store.reader import SliceStore


def assemble_volumes(config: RunConfig, registry: Registry, store: SliceStore) -> tuple[VolumeTraining, PoolData]:
    """Open the data and build model, learner, patches and evaluators.

    Raises:
        AlsegError: a component does not fit the data or has no 3D form, or the device is not there.
    """
    parts = build_parts(config, registry, store)
    info, options, seed = store.info, config.classic, config.run.seed
    assert options.patch_size is not None  # chosen before, so that it is recorded
    train = parts.data.splits["train"]
    sampler = PatchSampler(
        scan_sizes(train),
        options.patch_size,
        ForegroundVoxels(train, info.label_space, seed),
        options.foreground_share,
        generator(seed, "patches"),
    )
    window = SlidingWindow(options.patch_size, options.overlap)
    evaluators: dict[Split, VolumeEvaluator] = {
        split: VolumeEvaluator(part, parts.scoring, window)
        for split, part in parts.data.splits.items()
        if split != "train"
    }
    training = VolumeTraining(
        data=train,
        patches=PatchSet(train, sampler, options.patch_size, options.patches_per_scan),
        inference=parts.inference,
        learner=Learner(
            parts.inference.model, parts.loss, parts.inference, evaluators["validation"], config.learner, seed
        ),
        evaluators=evaluators,
        label_space=info.label_space,
    )
    return training, parts.data


def estimate_volumes(training: VolumeTraining, data: PoolData) -> Estimate:
    """Time a training step and a window on copies; neither weights nor random streams are touched."""
    learner, device = training.learner, training.inference.device
    options = learner.options
    with without_disturbing(device):
        patches = copy.deepcopy(training.patches.state())
        steps = steps_of_epochs(len(training.patches), options, 0)
        size = math.ceil(len(training.patches) / batches_per_pass(len(training.patches), options))
        (batch,) = training.patches.batches([training.patches.rows[:size]])
        training.patches.restore(patches)
        model = copy.deepcopy(learner.model)
        model.train()
        trainer = Trainer(model, learner.loss, options, total_steps=TIMED + 1, seed=0, device=device)
        per_step = seconds_of(lambda: trainer.step(batch), device)
        window = batch.images[:1]
        per_window = seconds_of(lambda: training.inference.forward(window), device)
    others = [part.n_windows for split, part in training.evaluators.items() if split != "validation"]
    windows = max(1, options.validations_of(0)) * training.evaluators["validation"].n_windows + sum(others)
    return Estimate(sum(steps) * per_step, windows * per_window, 0.0, peak_memory(device), data.resident)


def run_volumes(training: VolumeTraining, directory: RunDirectory, listeners: Sequence[Moments]) -> None:
    """Train, unless that is done already, and commit."""
    if not directory.rounds():
        record = train_volumes(training, listeners)
        status = torch.full((len(training.data.table),), int(Status.LABELLED), dtype=torch.uint8)
        save_state(training.learner.model, status, {}, directory.checkpoint_path(0))
        directory.commit(record, [])
        announce(listeners, "round_finished", round=0, record=record)
    announce(listeners, "run_finished", reason="rounds")
