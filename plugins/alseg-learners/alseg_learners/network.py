"""A learner that trains a network: what slices and volumes have in common."""

import copy
import math
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

import torch
from torch import nn

from alcore import (
    AlsegError,
    AnnotatedSlices,
    EpochKeeper,
    FitReport,
    Indices,
    LearningTask,
    LogitsPredictor,
    Moments,
    Needs,
    State,
    Validation,
    announce,
    load_weights,
    random_generator,
    torch_seed,
)
from alseg_learners.batches import epoch_batches, steps_of_epochs
from alseg_learners.epoch_choice import BestEpoch, EarlyStopping
from alseg_learners.images import TrainingImages
from alseg_learners.inference import Inference, memory_format, plain_model
from alseg_learners.options import TrainingOptions
from alseg_learners.progress import FitProgress, random_state, restore_random_state
from alseg_learners.trainer import Trainer

Chosen = TypeVar("Chosen", bound=TrainingOptions)


class NetworkLearner(ABC, Generic[Chosen]):
    """Trains one network, round after round; see :class:`alcore.Learner`.

    Args:
        options: how to train.
        task: what the learner is built for.

    Raises:
        AlsegError: the device cannot do what the options ask for.
    """

    dim: ClassVar[int]
    """Spatial dimensions of the network."""
    gives: Needs

    def __init__(self, options: Chosen, *, task: LearningTask) -> None:
        if options.amp == "float16" and task.device.type != "cuda":
            raise AlsegError("float16 mixed precision needs CUDA", hint="--set learner.amp=bfloat16")
        self.options = options
        self.task = task
        model = task.build_model().to(memory_format=memory_format(task.device, self.dim))  # type: ignore[call-overload]
        self.model: nn.Module = torch.compile(model, dynamic=True) if options.compile else model  # type: ignore[assignment]
        self.loss = task.build_loss()
        self.inference = Inference(self.model, task.device, options.amp)
        self._initial = copy.deepcopy(self.model.state_dict()) if options.weights == "reset" else None

    @abstractmethod
    def predictor(self) -> LogitsPredictor:
        """The network as it is now."""

    @abstractmethod
    def images_of(self, data: AnnotatedSlices, round_number: int) -> TrainingImages:
        """What the network trains on in a round."""

    def state(self) -> State:
        """The network's weights."""
        return {"model": plain_model(self.model).state_dict()}

    def restore(self, state: State) -> None:
        """Give the network the weights that were taken."""
        load_weights(plain_model(self.model), state["model"])

    def fit(
        self,
        data: AnnotatedSlices,
        round_number: int,
        *,
        listeners: Sequence[Moments] = (),
        keeper: EpochKeeper | None = None,
    ) -> FitReport:
        """Train for one round; the network ends with the weights of the epoch that model selection keeps.

        Raises:
            AlsegError: the loss is not finite, a batch exceeds the device's memory, or the validation Dice that
                schedule or early stopping watch is not defined.
        """
        epochs = self.options.epochs_of(round_number)
        announce(listeners, "training_started", round=round_number, epochs=epochs, n_slices=len(data))
        images = self.images_of(data, round_number)
        if self._initial is not None:
            self.model.load_state_dict(self._initial)
        torch.manual_seed(torch_seed(self.task.seed, "learner", round_number))
        training = self._begin(images, round_number)
        if keeper is not None:
            keeper.restore(training.restore)
        finished = len(training.progress.losses)
        rng = random_generator(self.task.seed, "batches", round_number)
        for epoch, batches in enumerate(epoch_batches(images.rows, self.options, rng, round_number), start=1):
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
            if keeper is not None:
                keeper.keep(training.state)
        return training.end()

    def _begin(self, images: TrainingImages, round_number: int) -> "_Training":
        trainer = Trainer(
            self.model,
            self.loss,
            self.options,
            total_steps=sum(steps_of_epochs(len(images), self.options, round_number)),
            seed=torch_seed(self.task.seed, "augmentation", round_number),
            device=self.task.device,
        )
        stopping = EarlyStopping(self.options.early_stopping_patience, self.options.early_stopping_delta)
        return _Training(self.model, trainer, stopping, BestEpoch(), images, FitProgress(), self.task.device)

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
        validation: Validation = self.task.validate(self.predictor())
        best.offer(epoch, validation, self.model)
        if not math.isnan(validation.dice):
            return validation.dice
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
            kept=self.best.validation,
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
