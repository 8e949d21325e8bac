"""The learner of slices: a 2D network, trained on annotated slices and applied to slices of one size at a time."""

import math
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from alcore import (
    AlsegError,
    AnnotatedSlices,
    Indices,
    LearnerEstimate,
    LearningTask,
    Needs,
    SliceTable,
    SliceTensors,
    image_batches,
)
from alseg_learners.batches import batches_per_pass, steps_of_epochs
from alseg_learners.dropout import DropoutCommittee
from alseg_learners.images import Batch, SliceImages
from alseg_learners.inference import Inference, plain_model
from alseg_learners.network import NetworkLearner
from alseg_learners.options import SlicesOptions
from alseg_learners.savings import savings
from alseg_learners.timing import blank_batch, seconds_of, step_seconds, without_disturbing

SLICES_TIMED = 8
"""Slices of the steps by which precisions are compared."""


class Slices(NetworkLearner[SlicesOptions]):
    """Trains a 2D network; see :class:`alcore.Learner`."""

    dim = 2

    def __init__(self, options: SlicesOptions, *, task: LearningTask) -> None:
        super().__init__(options, task=task)
        features: Needs = (
            frozenset({"features"}) if getattr(plain_model(self.model), "feature_layer", "") else frozenset()
        )
        self._committee: DropoutCommittee | None = None
        committee: Needs = frozenset()
        if options.committee == "dropout":
            self._committee = DropoutCommittee(plain_model(self.model), options.members, task.seed)
            committee = frozenset({"members"})
        self.gives: Needs = features | committee | {"model"}

    def images_of(self, data: AnnotatedSlices, round_number: int) -> SliceImages:
        """Every slice with a label or a pseudo-label."""
        return SliceImages(data)

    def predictor(self) -> "SlicePredictor":
        """The network as it is now."""
        return SlicePredictor(self.inference, self._committee)

    def estimate(self, images: SliceTensors, annotated: Sequence[int]) -> LearnerEstimate:
        """Time training steps of the smallest and the largest batch, on the largest slices, and a prediction."""
        options, device = self.options, self.task.device
        with without_disturbing(device):
            steps, sizes = planned_steps(options, annotated)
            small, large = min(sizes), max(sizes)
            at_large = step_seconds(self, self._largest(images, large), options)
            at_small = at_large if small == large else step_seconds(self, self._largest(images, small), options)
            slope = (at_large - at_small) / max(1, large - small)
            train = [n * max(0.0, at_small + slope * (size - small)) for n, size in zip(steps, sizes, strict=True)]
            per_slice = self._prediction_seconds(images)

        def predict_seconds(table: SliceTable) -> float:
            return len(table) * per_slice

        return LearnerEstimate(
            train_seconds=train,
            validations=[options.validations_of(number) for number in range(len(annotated))],
            reports_kept=options.model_selection == "best",
            predict_seconds=predict_seconds,
            query_passes=1 if self._committee is None else self._committee.members,
            savings=lambda: savings(self, self._largest(images, SLICES_TIMED)),
        )

    def _largest(self, images: SliceTensors, n: int) -> Batch:
        largest = np.argsort(images.table.height * images.table.width, kind="stable")[-n:]
        return blank_batch(images.batch(largest), self.task.label_space)

    def _prediction_seconds(self, images: SliceTensors) -> float:
        """Seconds that a slice of the median size takes within a batch."""
        height, width = images.table.height, images.table.width
        middle = np.argsort(height * width, kind="stable")[len(height) // 2]
        alike = np.flatnonzero((height == height[middle]) & (width == width[middle]))
        _, batch = next(image_batches(images, alike))
        return seconds_of(lambda: self.inference.forward(batch), self.task.device) / len(batch)


class SlicePredictor:
    """A 2D network applied to slices, in batches of one size; see :class:`alcore.LogitsPredictor`."""

    def __init__(self, inference: Inference, committee: DropoutCommittee | None = None) -> None:
        self._inference = inference
        self._committee = committee

    def logits(self, images: SliceTensors, rows: Indices) -> Iterator[tuple[Indices, Tensor]]:
        """Yield ``(where, logits)`` for ``rows``."""
        for where, x in image_batches(images, rows):
            yield where, self._inference.forward(x)

    def samples(self, images: SliceTensors, rows: Indices) -> Iterator[tuple[Indices, Tensor]]:
        """Yield ``(where, logits)`` of each member of the committee."""
        committee, inference = self._committee, self._inference.eager()
        if committee is None:
            raise AlsegError("the learner has no committee", hint="--set learner.committee=dropout")
        for where, x in image_batches(images, rows):
            of_members = []
            for number in range(committee.members):
                with committee.member(number):
                    of_members.append(inference.forward(x))
            yield where, torch.stack(of_members)

    def features(self, images: SliceTensors, rows: Indices) -> NDArray[np.float32]:
        """The model's feature layer, max-pooled over space."""
        inference = self._inference.eager()
        model = inference.model
        captured: list[Tensor] = []

        def capture(_module: torch.nn.Module, _inputs: object, output: Tensor) -> None:
            captured.append(output.flatten(2).amax(dim=2).float().cpu())

        pooled: NDArray[np.float32] | None = None
        handle = model.get_submodule(str(model.feature_layer)).register_forward_hook(capture)
        try:
            for where, x in image_batches(images, rows):
                inference.forward(x)
                batch = captured.pop().numpy()
                if pooled is None:
                    pooled = np.empty((len(rows), batch.shape[1]), np.float32)
                pooled[where] = batch
        finally:
            handle.remove()
        if pooled is None:
            return np.empty((0, 0), np.float32)
        if not np.isfinite(pooled).all():
            raise AlsegError(
                "the model's features are not finite, so no strategy can choose by them",
                hint="lower learner.learning_rate, or turn learner.amp off",
            )
        return pooled


def planned_steps(options: SlicesOptions, annotated: Sequence[int]) -> tuple[list[int], list[int]]:
    """Per round: optimiser steps, and slices per batch, without early stopping."""
    steps = [sum(steps_of_epochs(n, options, number)) for number, n in enumerate(annotated)]
    return steps, [math.ceil(n / batches_per_pass(n, options)) for n in annotated]
