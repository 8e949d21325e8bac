"""An estimate of a whole run's time and memory from a few timed steps, before round 0."""

import copy
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
import psutil
import torch

from alcore.engine.batches import batches_per_pass, steps_of_epochs
from alcore.engine.experiment import Experiment
from alcore.engine.inference import PIXELS_PER_BATCH, equal_size_batches
from alcore.engine.options import LearnerOptions, LoopOptions
from alcore.engine.trainer import Trainer
from alcore.engine.training_set import Batch
from alcore.pool.data import PoolData
from alcore.runs.memory import peak_memory

TIMED = 2
"""Timed repetitions of each step, after one that warms up."""

HOUR = 3600.0

SLICES_TIMED = 8
"""Slices of the steps by which precisions are compared."""

WORTH_SAYING = 0.1
"""Share of the time that an option must save to be named."""


@dataclass(frozen=True)
class Estimate:
    """What a whole run is expected to take.

    Args:
        train_seconds: optimiser steps of all rounds.
        validate_seconds: validation during training, all rounds.
        query_seconds: one pass over the pool per query; less for a strategy that does not ask the model.
        memory_bytes: peak memory of the process (of the device, on CUDA) at the largest batch.
        resident: whether the slices stay in memory.
        shorter: options that shorten it, with what each leaves, longest saving first.
    """

    train_seconds: float
    validate_seconds: float
    query_seconds: float
    memory_bytes: int
    resident: bool
    shorter: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        """The whole run."""
        return self.train_seconds + self.validate_seconds + self.query_seconds


def estimate_run(experiment: Experiment, data: PoolData) -> Estimate:
    """Time a few training steps and predictions on copies; neither weights nor random streams are touched."""
    with without_disturbing(experiment.inference.device):
        options = experiment.learner.options
        steps, sizes = planned_steps(options, experiment.loop, len(experiment.pool.table))
        small, large = min(sizes), max(sizes)
        at_large = step_seconds(experiment, large, options)
        at_small = at_large if small == large else step_seconds(experiment, small, options)
        slope = (at_large - at_small) / max(1, large - small)
        train = sum(n * max(0.0, at_small + slope * (size - small)) for n, size in zip(steps, sizes, strict=True))
        per_slice = _prediction_seconds_per_slice(experiment)
    n_rounds = experiment.loop.rounds + 1
    validations = sum(options.validations_of(number) for number in range(n_rounds))
    final_passes = n_rounds * (len(experiment.evaluators) - (options.model_selection == "best"))
    validate = (validations * experiment.evaluators["validation"].n_slices) * per_slice
    validate += final_passes * max(part.n_slices for part in experiment.evaluators.values()) * per_slice
    query = experiment.loop.rounds * len(experiment.pool.table) * per_slice
    estimate = Estimate(train, validate, query, peak_memory(experiment.inference.device), data.resident)
    with without_disturbing(experiment.inference.device):
        return replace(estimate, shorter=_shorter(experiment, estimate))


def planned_steps(options: LearnerOptions, loop: LoopOptions, n_slices: int) -> tuple[list[int], list[int]]:
    """Per round: optimiser steps, and slices per batch, without early stopping; ``n_slices`` are in the pool."""
    steps, sizes = [], []
    for round_number in range(loop.rounds + 1):
        n = min(n_slices, loop.initial + round_number * loop.budget)
        steps.append(sum(steps_of_epochs(n, options, round_number)))
        sizes.append(math.ceil(n / batches_per_pass(n, options)))
    return steps, sizes


def step_seconds(experiment: Experiment, batch_size: int, options: LearnerOptions) -> float:
    """Seconds of one optimiser step on a copy of the model, on the pool's largest slices."""
    learner, device = experiment.learner, experiment.inference.device
    model = copy.deepcopy(learner.model)
    trainer = Trainer(model, learner.loss, options, total_steps=1 + TIMED, seed=0, device=device)
    largest = np.argsort(experiment.pool.table.height * experiment.pool.table.width, kind="stable")[-batch_size:]
    images = experiment.images.batch(largest)
    target = torch.zeros(
        (len(largest), *experiment.label_space.leading_shape, *images.shape[-2:]), dtype=torch.uint8, device=device
    )
    weight, extent = torch.ones(len(largest), device=device), experiment.pool.table.extent(largest)
    batch = Batch(images, target, weight, torch.from_numpy(extent))
    model.train()
    return seconds_of(lambda: trainer.step(batch), device)


def _prediction_seconds_per_slice(experiment: Experiment) -> float:
    table, device = experiment.pool.table, experiment.inference.device
    batches = equal_size_batches(table, np.arange(len(table)), PIXELS_PER_BATCH[device.type])
    rows = sorted(batches, key=len)[len(batches) // 2]
    return seconds_of(lambda: experiment.inference.forward(experiment.images.batch(rows)), device) / len(rows)


def seconds_of(step: Callable[[], object], device: torch.device) -> float:
    """Mean wall-clock seconds of ``step``, after one that warms up."""
    step()
    _wait(device)
    started = time.perf_counter()
    for _ in range(TIMED):
        step()
    _wait(device)
    return (time.perf_counter() - started) / TIMED


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()


@contextmanager
def without_disturbing(device: torch.device) -> Iterator[None]:
    """Leave torch's random streams as they were."""
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        yield


def _shorter(experiment: Experiment, estimate: Estimate) -> tuple[str, ...]:
    """Where a run takes hours: options that shorten it."""
    if estimate.seconds < HOUR:
        return ()
    options, savings = experiment.learner.options, []
    epochs = options.epochs
    if options.model_selection == "best" and options.validation_interval < epochs:
        saved = estimate.validate_seconds * (1 - options.validation_interval / epochs)
        savings.append((saved, f"--set learner.validation_interval={epochs} validates once per round"))
    share, text = precision_saving(experiment)
    if share > WORTH_SAYING:
        savings.append((estimate.seconds * share, text))
    if experiment.loop.rounds > 10:
        steps, _ = planned_steps(options, experiment.loop, len(experiment.pool.table))
        share = 1 - sum(steps[:11]) / sum(steps)
        savings.append((estimate.seconds * share, "--rounds 10 stops earlier"))
    if experiment.inference.device.type == "cpu":
        cores = psutil.cpu_count(logical=False) or 1
        if cores > torch.get_num_threads():
            savings.append((estimate.seconds * 0.2, f"--set threads={cores} computes on all cores"))
        savings.append((estimate.seconds * 0.9, "--device cuda runs on a GPU, where there is one"))
    return tuple(
        f"{text}: about {(estimate.seconds - saved) / HOUR:.1f} h" if saved < estimate.seconds * 0.9 else text
        for saved, text in sorted(savings, reverse=True)
    )


def precision_saving(experiment: Experiment) -> tuple[float, str]:
    """The share of time that another precision saves, timed here, and how to have it; negative where it costs time.

    Only some processors compute in bfloat16; the others imitate it and take many times as long.
    """
    options, device = experiment.learner.options, experiment.inference.device
    if device.type == "mps":
        return 0.0, ""
    amp, text = ("bfloat16", "computes in half precision") if options.amp == "off" else ("off", "is faster here")
    seconds = [
        step_seconds(experiment, SLICES_TIMED, tried) for tried in (options, options.model_copy(update={"amp": amp}))
    ]
    return 1 - seconds[1] / seconds[0], f"--set learner.amp={amp} {text}"
