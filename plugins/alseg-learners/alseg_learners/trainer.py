"""The trainer: takes a model through the batches of one round, and stops where that makes no sense."""

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from alcore import AlsegError, Indices
from alseg_learners.augmentation import Augmentation
from alseg_learners.images import Batch, TrainingImages
from alseg_learners.inference import memory_format
from alseg_learners.optimisation import Optimisation
from alseg_learners.options import TrainingOptions


class Trainer:
    """The training of one round.

    Args:
        model: the network, on its device.
        loss: the training loss.
        options: how to train.
        total_steps: optimiser steps that the round is planned to take.
        seed: of the random changes of images.
        device: where model and batches are.
    """

    def __init__(
        self,
        model: nn.Module,
        loss: nn.Module,
        options: TrainingOptions,
        total_steps: int,
        seed: int,
        device: torch.device,
    ) -> None:
        self.optimisation = Optimisation(model, loss, options, total_steps, device)
        augmentation = options.augmentation
        self._augmentation = Augmentation(augmentation, seed, device) if augmentation.active else None
        self._model = model
        self._device = device

    def epoch(self, training_set: TrainingImages, batches: list[Indices], round_number: int, epoch: int) -> float:
        """Train on each batch once and return the mean loss over images.

        Raises:
            AlsegError: the loss or a weight is not finite, or a batch exceeds the device's memory.
        """
        self._model.train()
        total = torch.zeros((), dtype=torch.float64, device="cpu" if self._device.type == "mps" else self._device)
        for batch in training_set.batches(batches):
            total += self.step(batch).to(total) * len(batch.weight)
        mean = float(total) / sum(map(len, batches))
        where = f"in round {round_number}, epoch {epoch}"
        if not math.isfinite(mean):
            raise AlsegError(f"the loss is {mean} {where}", hint=_HINT)
        if not self.optimisation.weights_are_finite():
            raise AlsegError(f"a weight of the model is no finite number {where}", hint=_HINT)
        return mean

    def step(self, batch: Batch) -> Tensor:
        """One optimiser step; returns the loss, detached."""
        images, target = batch.images, batch.target
        if self._augmentation is not None:
            images, target = self._augmentation(images, target, batch.extent)
        images = images.contiguous(memory_format=memory_format(self._device, images.ndim - 2))
        return self.optimisation.step(images, target, batch.weight)

    def state(self) -> dict[str, Any]:
        """Of the optimisation and the augmentation, for :meth:`restore`."""
        augmentation = None if self._augmentation is None else self._augmentation.state()
        return {"optimisation": self.optimisation.state(), "augmentation": augmentation}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on where ``state`` was taken."""
        self.optimisation.restore(state["optimisation"])
        if self._augmentation is not None:
            self._augmentation.restore(state["augmentation"])


_HINT = (
    "lower learner.learning_rate, set learner.clip_norm, or turn learner.amp off; "
    "the checkpoint of the last committed round is kept"
)
