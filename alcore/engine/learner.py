"""The learner: trains the model on the labelled slices of a round."""

import copy
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import nn

from alcore.contracts import ConfusionCounts
from alcore.engine.batches import epoch_batches, steps_of_epochs
from alcore.engine.epoch_choice import BestEpoch, EarlyStopping
from alcore.engine.evaluator import dice_of
from alcore.engine.fit_state import EpochKeeper, FitProgress, State, random_state, restore_random_state
from alcore.engine.inference import Inference
from alcore.engine.moments import Moments, announce
from alcore.engine.options import LearnerOptions
from alcore.engine.seeding import generator, torch_seed
from alcore.engine.trainer import Trainer
from alcore.engine.training_set import TrainingImages
from alcore.errors import AlsegError
from alcore.query import Indices


@dataclass(frozen=True)
class FitReport:
    """What one round's training came to.

    Args:
        losses: mean loss of each epoch.
        validation: mean validation Dice of each epoch, None where it was not measured.
        learning_rates: the learning rate with which each epoch began.
        kept_epoch: the epoch (from 1) whose weights the model has now.
        counts: validation counts of those weights, if they were measured.
        steps: optimiser steps taken.
        train_seconds: time spent in training.
        validate_seconds: time spent in validation between epochs.
    """

    losses: list[float]
    validation: list[float | None]
    learning_rates: list[float]
    kept_epoch: int
    counts: ConfusionCounts | None
    steps: int
    train_seconds: float
    validate_seconds: float


class CountsVoxels(Protocol):
    """What validates a model between epochs."""

    def counts(self, inference: Inference) -> ConfusionCounts:
        """Count the voxels of all validation scans."""
        ...


class Learner:
    """Trains one model, round after round.

    Args:
        model: the network, on its device.
        loss: the training loss.
        inference: the same model for validation.
        validation: the evaluator of the validation split.
        options: how to train.
        seed: the run's seed.

    Attributes:
        keeper: keeps the state after an epoch, so that a training can be stopped within a round; None by default.
    """

    def __init__(
        self,
        model: nn.Module,
        loss: nn.Module,
        inference: Inference,
        validation: CountsVoxels,
        options: LearnerOptions,
        seed: int,
    ) -> None:
        self.model = model
        self.loss = loss
        self._inference = inference
        self._validation = validation
        self.options = options
        self._seed = seed
        self.keeper: EpochKeeper | None = None
        self._initial = copy.deepcopy(model.state_dict()) if options.weights == "reset" else None

    def fit(self, training_set: TrainingImages, round_number: int, listeners: Sequence[Moments] = ()) -> FitReport:
        """Train for one round; the model ends with the weights of the epoch that model selection keeps.

        Raises:
            AlsegError: the loss is not finite, a batch exceeds the device's memory, or the validation Dice that
                schedule or early stopping watch is not defined.
        """
        if self._initial is not None:
            self.model.load_state_dict(self._initial)
        torch.manual_seed(torch_seed(self._seed, "learner", round_number))
        training = self._begin(training_set, round_number)
        if self.keeper is not None:
            self.keeper.restore(training.restore)
        finished = len(training.progress.losses)
        rng = generator(self._seed, "batches", round_number)
        for epoch, batches in enumerate(epoch_batches(training_set.rows, self.options, rng, round_number), start=1):
            if training.progress.ended:
                break
            if epoch <= finished:
                continue  # only its batches are drawn again, so that those to come are the same
            dice = self._epoch(training, batches, round_number, epoch)
            announce(
                listeners,
                "epoch_finished",
                round=round_number,
                epoch=epoch,
                loss=training.progress.losses[-1],
                validation=dice,
                learning_rate=training.progress.learning_rates[-1],
            )
            if dice is not None:
                training.react_to(dice)
            if self.keeper is not None:
                self.keeper.keep(training.state)
        return training.end()

    def _begin(self, training_set: TrainingImages, round_number: int) -> "_Training":
        trainer = Trainer(
            self.model,
            self.loss,
            self.options,
            total_steps=sum(steps_of_epochs(len(training_set), self.options, round_number)),
            seed=torch_seed(self._seed, "augmentation", round_number),
            device=self._inference.device,
        )
        stopping = EarlyStopping(self.options.early_stopping_patience, self.options.early_stopping_delta)
        return _Training(
            self.model, trainer, stopping, BestEpoch(), training_set, FitProgress(), self._inference.device
        )

    def _epoch(self, training: "_Training", batches: list[Indices], round_number: int, epoch: int) -> float | None:
        """Train an epoch and validate; return the validation Dice, None where it was not measured."""
        progress, trainer = training.progress, training.trainer
        started = time.perf_counter()
        progress.learning_rates.append(trainer.optimisation.learning_rate)
        progress.losses.append(trainer.epoch(training.images, batches, round_number, epoch))
        progress.steps += len(batches)
        trained = time.perf_counter()
        dice = self._validate(round_number, epoch, training.best)
        progress.validation.append(dice)
        progress.train_seconds += trained - started
        progress.validate_seconds += time.perf_counter() - trained
        return dice

    def _validate(self, round_number: int, epoch: int, best: BestEpoch) -> float | None:
        options = self.options
        due = epoch % options.validation_interval == 0 or epoch == options.epochs_of(round_number)
        if options.model_selection == "last" or not due:
            return None
        counts = self._validation.counts(self._inference)
        dice = dice_of(counts)
        best.offer(epoch, dice, counts, self.model)
        if not math.isnan(dice):
            return dice
        if options.schedule == "plateau" or options.early_stopping_patience is not None:
            raise AlsegError(
                f"the validation Dice of round {round_number}, epoch {epoch} is not defined: no foreground in any scan",
                hint="schedule plateau and early stopping watch it: do without them, or validate on other scans",
            )
        return None


@dataclass
class _Training:
    """All that a round's training has come to."""

    model: nn.Module
    trainer: Trainer
    stopping: EarlyStopping
    best: BestEpoch
    images: TrainingImages
    progress: FitProgress
    device: torch.device

    def react_to(self, dice: float) -> None:
        """Let learning rate and early stopping follow a validation."""
        self.trainer.optimisation.validated(dice)
        self.progress.ended = self.stopping.ends_with(dice)

    def end(self) -> FitReport:
        """Give the model the weights that model selection keeps, and say what the training came to."""
        if self.best.weights is not None:
            self.model.load_state_dict(self.best.weights)
        progress = self.progress
        return FitReport(
            losses=progress.losses,
            validation=progress.validation,
            learning_rates=progress.learning_rates,
            kept_epoch=self.best.epoch or len(progress.losses),
            counts=self.best.counts,
            steps=progress.steps,
            train_seconds=progress.train_seconds,
            validate_seconds=progress.validate_seconds,
        )

    def state(self) -> State:
        return {
            "model": self.model.state_dict(),
            "trainer": self.trainer.state(),
            "stopping": self.stopping.state(),
            "best": self.best.state(),
            "images": self.images.state(),
            "progress": self.progress.state(),
            "random": random_state(self.device),
        }

    def restore(self, state: State) -> None:
        if (best := state["best"]["weights"]) is not None:
            self.model.load_state_dict(best)  # so that weights that do not fit are noticed now, not at the end
        self.model.load_state_dict(state["model"])
        self.trainer.restore(state["trainer"])
        self.stopping.restore(state["stopping"])
        self.best.restore(state["best"])
        self.images.restore(state["images"])
        self.progress = FitProgress.of(state["progress"])
        restore_random_state(state["random"], self.device)
