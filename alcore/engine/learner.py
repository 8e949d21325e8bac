"""The learner: trains the model on the labelled slices of a round."""

import copy
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from alcore.contracts import ConfusionCounts
from alcore.engine.evaluator import Evaluator, dice_of
from alcore.engine.inference import Inference, autocast, memory_format
from alcore.engine.moments import Moments, announce
from alcore.engine.options import LearnerOptions
from alcore.engine.seeding import generator, torch_seed
from alcore.engine.training_set import Batch, TrainingSet
from alcore.errors import AlsegError
from alcore.query import Indices


@dataclass(frozen=True)
class FitReport:
    """What one round's training came to.

    Args:
        losses: mean loss of each epoch.
        validation: mean validation Dice of each epoch, None where it was not measured.
        kept_epoch: the epoch (from 1) whose weights the model has now.
        counts: validation counts of those weights, if they were measured.
        steps: optimiser steps taken.
        train_seconds: time spent in training.
        validate_seconds: time spent in validation between epochs.
    """

    losses: list[float]
    validation: list[float | None]
    kept_epoch: int
    counts: ConfusionCounts | None
    steps: int
    train_seconds: float
    validate_seconds: float


def epoch_batches(rows: Indices, options: LearnerOptions, rng: np.random.Generator) -> list[Indices]:
    """Shuffle ``rows`` and cut them into batches of nearly equal size.

    There are as many batches as ``batch_size`` demands, and at least ``min_steps`` while there are slices for them:
    batches depend on the seed alone, never on the number of loader workers.
    """
    n_batches = max(math.ceil(len(rows) / options.batch_size), min(options.min_steps, len(rows)))
    return np.array_split(rng.permutation(rows), n_batches)


class Learner:
    """Trains one model, round after round.

    Args:
        model: the network, on its device.
        loss: the training loss.
        inference: the same model for validation.
        validation: the evaluator of the validation split.
        options: how to train.
        seed: the run's seed.
    """

    def __init__(
        self,
        model: nn.Module,
        loss: nn.Module,
        inference: Inference,
        validation: Evaluator,
        options: LearnerOptions,
        seed: int,
    ) -> None:
        self.model = model
        self.loss = loss
        self._inference = inference
        self._validation = validation
        self.options = options
        self._seed = seed
        self._initial = copy.deepcopy(model.state_dict()) if options.weights == "reset" else None

    def fit(self, training_set: TrainingSet, round_number: int, listeners: Sequence[Moments] = ()) -> FitReport:
        """Train for one round; the model ends with the weights of the epoch that model selection keeps.

        Raises:
            AlsegError: the loss is not finite, or a batch exceeds the device's memory.
        """
        options = self.options
        if self._initial is not None:
            self.model.load_state_dict(self._initial)
        torch.manual_seed(torch_seed(self._seed, "learner", round_number))
        rng = generator(self._seed, "batches", round_number)
        trainer = Trainer(self.model, self.loss, options, self._inference.device)
        losses: list[float] = []
        validation: list[float | None] = []
        best = _Best()
        steps, train_seconds, validate_seconds = 0, 0.0, 0.0
        for epoch in range(1, options.epochs + 1):
            started = time.perf_counter()
            batches = epoch_batches(training_set.rows, options, rng)
            losses.append(trainer.epoch(training_set, batches, round_number, epoch))
            steps += len(batches)
            trained = time.perf_counter()
            dice = self._validate(epoch, best)
            validation.append(dice)
            train_seconds += trained - started
            validate_seconds += time.perf_counter() - trained
            announce(listeners, "epoch_finished", round=round_number, epoch=epoch, loss=losses[-1], validation=dice)
        if best.weights is not None:
            self.model.load_state_dict(best.weights)
        return FitReport(
            losses, validation, best.epoch or options.epochs, best.counts, steps, train_seconds, validate_seconds
        )

    def _validate(self, epoch: int, best: "_Best") -> float | None:
        options = self.options
        due = epoch % options.validation_interval == 0 or epoch == options.epochs
        if options.model_selection == "last" or not due:
            return None
        counts = self._validation.counts(self._inference)
        dice = dice_of(counts)
        best.offer(epoch, dice, counts, self.model)
        return None if math.isnan(dice) else dice


class _Best:
    """The best epoch so far; of equals the latest, so that rounds in which every epoch scores 0 still train."""

    def __init__(self) -> None:
        self.epoch = 0
        self.weights: dict[str, Tensor] | None = None
        self.counts: ConfusionCounts | None = None
        self._dice = -math.inf

    def offer(self, epoch: int, dice: float, counts: ConfusionCounts, model: nn.Module) -> None:
        dice = -math.inf if math.isnan(dice) else dice
        if dice >= self._dice:
            self.epoch, self.counts, self._dice = epoch, counts, dice
            self.weights = copy.deepcopy(model.state_dict())


class Trainer:
    """Optimiser steps on batches; the optimiser is its own and starts afresh with it."""

    def __init__(self, model: nn.Module, loss: nn.Module, options: LearnerOptions, device: torch.device) -> None:
        self._model = model
        self.loss = loss
        self._device = device
        self._amp = options.amp
        self._optimiser = torch.optim.Adam(model.parameters(), lr=options.learning_rate)
        self._scaler = torch.amp.GradScaler(device.type, enabled=options.amp == "float16")

    def epoch(self, training_set: TrainingSet, batches: list[Indices], round_number: int, epoch: int) -> float:
        """Train on each batch once and return the mean loss over slices."""
        self._model.train()
        total = torch.zeros((), dtype=torch.float64, device="cpu" if self._device.type == "mps" else self._device)
        try:
            for batch in training_set.batches(batches):
                total += self.step(batch).to(total) * len(batch.weight)
        except torch.OutOfMemoryError as error:
            raise AlsegError(
                f"a batch of {max(map(len, batches))} slices exceeds the memory of {self._device}",
                hint="lower learner.batch_size, or use learner.amp=bfloat16",
            ) from error
        mean = float(total) / sum(map(len, batches))
        if not math.isfinite(mean):
            raise AlsegError(
                f"the loss is {mean} in round {round_number}, epoch {epoch}",
                hint="lower learner.learning_rate, or turn learner.amp off; the last committed round is kept",
            )
        return mean

    def step(self, batch: Batch) -> Tensor:
        """One optimiser step; returns the loss, detached."""
        self._optimiser.zero_grad(set_to_none=True)
        with autocast(self._device, self._amp):
            logits = self._model(batch.images.contiguous(memory_format=memory_format(self._device)))
        loss: Tensor = self.loss(logits.float(), batch.target, batch.weight)
        self._scaler.scale(loss).backward()  # type: ignore[no-untyped-call]
        self._scaler.step(self._optimiser)
        self._scaler.update()
        return loss.detach()
