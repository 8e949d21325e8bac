"""What a learner is given and what it answers with; see :class:`alcore.Learner`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from alcore.contracts import ConfusionCounts
from alcore.labels import LabelSpace
from alcore.query import Indices
from alcore.scores import dice_of
from alcore.specs import Needs

if TYPE_CHECKING:
    import torch
    from torch import nn

    from alcore.moments import Moments
    from alcore.pool.annotated import AnnotatedSlices
    from alcore.pool.slices import SliceTensors
    from alcore.pool.table import SliceTable

State = Mapping[str, Any]
"""Numbers, texts, lists, mappings and tensors: what a checkpoint holds."""


@dataclass(frozen=True)
class Validation:
    """What a model came to on the validation scans.

    Args:
        counts: voxels by scan and foreground class.
    """

    counts: ConfusionCounts

    @cached_property
    def dice(self) -> float:
        """Mean foreground Dice (per scan, over scans, over classes); NaN where no scan has foreground."""
        return dice_of(self.counts)


class LogitsPredictor(Protocol):
    """A learner's model as it is now, applied to slices. Padding never enters what it returns."""

    def logits(self, images: "SliceTensors", rows: Indices) -> Iterator[tuple[Indices, "torch.Tensor"]]:
        """Yield ``(where, logits)`` in pieces of the predictor's choosing, which together answer every entry once.

        Args:
            images: normalised images with their table, of the pool or of any other scans.
            rows: rows of that table, any order.

        Yields:
            Positions in ``rows``, and the logits of these slices, float32 (k, classes, height, width), which all have
            one size.
        """
        ...

    def features(self, images: "SliceTensors", rows: Indices) -> NDArray[np.float32]:
        """Return a feature vector for each slice, (len(rows), channels).

        Asked only of learners that give ``features``; others need not have it.
        """
        ...

    def samples(self, images: "SliceTensors", rows: Indices) -> Iterator[tuple[Indices, "torch.Tensor"]]:
        """Yield ``(where, logits)`` as :meth:`logits`, of a committee: (members, k, classes, height, width).

        Asked only of learners that give ``members``; others need not have it.
        """
        ...


@dataclass(frozen=True)
class LearningTask:
    """What a learner is built for.

    Args:
        channel_names: the channels of an image.
        label_space: what the classes are.
        scan_sizes: (scans, 3) slices, rows and columns of each training scan.
        device: where images and labels come to lie, and the model should.
        seed: the run's seed; :func:`alcore.random_generator` and :func:`alcore.torch_seed` make streams of it.
        build_model: makes the run's network on the device, with its initial weights, of the spatial dimensions that
            the learner's spec names. For learners whose spec names some.
        build_loss: makes the run's loss on the device, for the same learners.
        validate: measures a predictor on the validation scans.
    """

    channel_names: Sequence[str]
    label_space: LabelSpace
    scan_sizes: NDArray[np.int64]
    device: "torch.device"
    seed: int
    build_model: Callable[[], "nn.Module"]
    build_loss: Callable[[], "nn.Module"]
    validate: Callable[[LogitsPredictor], Validation]


@dataclass(frozen=True)
class FitReport:
    """What one round's training came to.

    Args:
        losses: mean loss of each epoch, at least one.
        validation: mean validation Dice of each epoch, None where it was not measured.
        learning_rates: the learning rate with which each epoch began; 0 where a learner has none.
        kept_epoch: the epoch (from 1) whose model the learner has now.
        kept: what that model came to on the validation scans, if it was measured: spares the evaluation a pass.
        steps: optimiser steps taken.
        train_seconds: time spent in training.
        validate_seconds: time spent in validation between epochs.
    """

    losses: list[float]
    validation: list[float | None]
    learning_rates: list[float]
    kept_epoch: int
    kept: Validation | None
    steps: int
    train_seconds: float
    validate_seconds: float


@dataclass(frozen=True)
class Saving:
    """An option that would shorten a run.

    Args:
        text: the option and what it does: ``--set learner.amp=bfloat16 computes in half precision``.
        of_training: the share of the training's time that it saves; negative where it costs time.
        of_validation: the share of the time of validation between epochs.
        of_queries: the share of the time of queries.
    """

    text: str
    of_training: float = 0.0
    of_validation: float = 0.0
    of_queries: float = 0.0


@dataclass(frozen=True)
class LearnerEstimate:
    """What the rounds of a run are expected to take.

    Args:
        train_seconds: training, of each round.
        validations: passes over the validation scans between epochs, in each round.
        reports_kept: whether :attr:`FitReport.kept` will be there, which spares each round's evaluation that pass.
        predict_seconds: the time of predicting all slices of a table once.
        savings: finds options that shorten the run; it may take seconds, and is asked about long runs only.
        query_passes: how often a query predicts the pool, where a strategy asks each member of a committee.
    """

    train_seconds: Sequence[float]
    validations: Sequence[int]
    reports_kept: bool
    predict_seconds: Callable[["SliceTable"], float]
    savings: Callable[[], Sequence[Saving]] = tuple
    query_passes: int = 1


class EpochKeeper(Protocol):
    """Keeps the state of a training after an epoch, so that it can go on within a round."""

    def restore(self, into: Callable[[State], None]) -> None:
        """Hand ``into`` the state to go on from; it is not called where there is none."""
        ...

    def keep(self, state: Callable[[], State]) -> None:
        """An epoch is finished; ``state`` makes the state, if it is to be kept."""
        ...


class Learner(Protocol):
    """Trains on what is annotated, round after round. Built as ``Class(options, task=...)``, a :class:`LearningTask`.

    What it draws at random it draws from streams of the task's seed and the round, so that a round is the same
    whatever came before it in the same process.
    """

    gives: Needs
    """What strategies may ask of its predictor: ``model``; ``features`` and ``members`` where there are any."""

    def fit(
        self,
        data: "AnnotatedSlices",
        round_number: int,
        *,
        listeners: Sequence["Moments"] = (),
        keeper: EpochKeeper | None = None,
    ) -> FitReport:
        """Train for one round on the annotated slices, and tell the listeners by :func:`alcore.announce`.

        Args:
            data: the images, and the labels that were paid for or filled in.
            round_number: the round.
            listeners: are to hear ``training_started`` once and ``epoch_finished`` after each epoch.
            keeper: keeps the state of the training after an epoch; a learner may leave it unused.

        Raises:
            AlsegError: what the user can mend: the loss is not finite, a batch exceeds the device's memory.
        """
        ...

    def predictor(self) -> LogitsPredictor:
        """The model as it is now."""
        ...

    def state(self) -> State:
        """All that later rounds and predictions depend on, for :meth:`restore`."""
        ...

    def restore(self, state: State) -> None:
        """Go to the state that was taken.

        Raises:
            ForeignStateError: it is another model's. The learner stays as it was.
        """
        ...

    def estimate(self, images: "SliceTensors", annotated: Sequence[int]) -> LearnerEstimate:
        """Time what training and prediction take, on copies: neither the model nor a random stream is touched.

        Args:
            images: of the pool.
            annotated: slices that are annotated in each round.
        """
        ...


class ForeignStateError(ValueError):
    """A state is another model's; the text says by what."""


def load_weights(model: "nn.Module", weights: Mapping[str, "torch.Tensor"]) -> None:
    """Give the model these weights.

    Raises:
        ForeignStateError: they are another model's; the first difference is named. The model stays as it was.
        TypeError: they are no weights.
    """
    import torch

    if not isinstance(weights, Mapping) or not all(isinstance(item, torch.Tensor) for item in weights.values()):
        raise TypeError("its weights are not a table of tensors by name")
    own = model.state_dict()
    lacking = sorted(own.keys() - weights.keys())
    foreign = sorted(weights.keys() - own.keys())
    common = [name for name in own if name in weights]
    reshaped = [name for name in common if own[name].shape != weights[name].shape]
    retyped = [name for name in common if own[name].dtype != weights[name].dtype]
    if lacking:
        raise ForeignStateError(f"it has no weight {lacking[0]!r}")
    if foreign:
        raise ForeignStateError(f"it has a weight {foreign[0]!r}, which this model has not")
    if reshaped:
        name = reshaped[0]
        here, there = tuple(own[name].shape), tuple(weights[name].shape)
        raise ForeignStateError(f"its {name!r} has the shape {there}, this model's {here}")
    if retyped:
        name = retyped[0]
        raise ForeignStateError(f"its {name!r} is {weights[name].dtype}, this model's {own[name].dtype}")
    model.load_state_dict(weights)
