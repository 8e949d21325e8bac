"""How long training steps and predictions take here, timed on copies."""

import copy
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from alcore import LabelSpace
from alseg_learners.images import Batch
from alseg_learners.network import NetworkLearner
from alseg_learners.options import TrainingOptions
from alseg_learners.trainer import Trainer

TIMED = 2
"""Timed repetitions of each step, after one that warms up."""


def blank_batch(images: Tensor, label_space: LabelSpace) -> Batch:
    """The images with labels of background."""
    n, spatial = len(images), images.shape[2:]
    target = torch.zeros((n, *label_space.leading_shape, *spatial), dtype=torch.uint8, device=images.device)
    return Batch(images, target, torch.ones(n, device=images.device), torch.tensor([list(spatial)] * n))


def step_seconds(learner: NetworkLearner[Any], batch: Batch, options: TrainingOptions) -> float:
    """Seconds of one optimiser step on a copy of the network."""
    device = learner.task.device
    model = copy.deepcopy(learner.model)
    trainer = Trainer(model, learner.loss, options, total_steps=1 + TIMED, seed=0, device=device)
    model.train()
    return seconds_of(lambda: trainer.step(batch), device)


def seconds_of(step: Callable[[], object], device: torch.device) -> float:
    """Mean wall-clock seconds of ``step``, after one that warms up."""
    step()
    _wait(device)
    started = time.perf_counter()
    for _ in range(TIMED):
        step()
    _wait(device)
    return (time.perf_counter() - started) / TIMED


@contextmanager
def without_disturbing(device: torch.device) -> Iterator[None]:
    """Leave torch's random streams as they were."""
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        yield


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()
