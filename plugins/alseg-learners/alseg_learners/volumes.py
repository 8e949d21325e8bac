"""The learner of volumes: a 3D network, trained on patches about annotated slices and applied by sliding window."""

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
    random_generator,
)
from alseg_learners.batches import batches_per_pass, steps_of_epochs
from alseg_learners.foreground import ForegroundVoxels
from alseg_learners.inference import Inference
from alseg_learners.labelled import LabelledVoxels
from alseg_learners.network import NetworkLearner
from alseg_learners.options import VolumesOptions
from alseg_learners.patch_size import PatchSize, with_patch_size
from alseg_learners.patches import PatchImages, PatchSampler, as_volume
from alseg_learners.savings import savings
from alseg_learners.sliding_window import SlidingWindow
from alseg_learners.timing import blank_batch, seconds_of, step_seconds, without_disturbing


class Volumes(NetworkLearner[VolumesOptions]):
    """Trains a 3D network; see :class:`alcore.Learner`. A scan of which one slice is annotated trains.

    A patch weighs the mean weight of its labelled slices, since a loss weighs images, not voxels.
    """

    dim = 3
    gives: Needs = frozenset({"model"})

    def __init__(self, options: VolumesOptions, *, task: LearningTask) -> None:
        super().__init__(with_patch_size(options, task.scan_sizes), task=task)
        self.window = SlidingWindow(self._patch_size, options.overlap)

    @property
    def _patch_size(self) -> PatchSize:
        assert self.options.patch_size is not None  # completed above
        return self.options.patch_size

    def images_of(self, data: AnnotatedSlices, round_number: int) -> PatchImages:
        """Patches of every scan in which a slice has a label."""
        sampler = PatchSampler(
            scan_sizes(data.table),
            LabelledVoxels(data),
            self._patch_size,
            ForegroundVoxels(data, self.task.label_space, self.task.seed),
            self.options.foreground_share,
            random_generator(self.task.seed, "patches", round_number),
        )
        return PatchImages(data, sampler, self._patch_size, self.options.patches_per_scan)

    def predictor(self) -> "VolumePredictor":
        """The network as it is now."""
        return VolumePredictor(self.inference, self.window)

    def estimate(self, images: SliceTensors, annotated: Sequence[int]) -> LearnerEstimate:
        """Time a training step and a window on zeros."""
        options, device = self.options, self.task.device
        patches = [min(n, len(images.table.scan_ids)) * options.patches_per_scan for n in annotated]
        steps = [sum(steps_of_epochs(n, options, number)) for number, n in enumerate(patches)]
        size = max(math.ceil(n / batches_per_pass(n, options)) for n in patches)
        shape = (size, len(self.task.channel_names), *self._patch_size)
        batch = blank_batch(torch.zeros(shape, device=device), self.task.label_space)
        with without_disturbing(device):
            per_step = step_seconds(self, batch, options)
            per_window = seconds_of(lambda: self.inference.forward(batch.images[:1]), device)

        def predict_seconds(table: SliceTable) -> float:
            return per_window * sum(self.window.n_windows(size) for size in scan_sizes(table))

        return LearnerEstimate(
            train_seconds=[n * per_step for n in steps],
            validations=[options.validations_of(number) for number in range(len(annotated))],
            reports_kept=options.model_selection == "best",
            predict_seconds=predict_seconds,
            savings=lambda: savings(self, batch),
        )


class VolumePredictor:
    """A 3D network applied to whole scans; see :class:`alcore.LogitsPredictor`.

    Each scan of which slices are asked for is predicted once.
    """

    def __init__(self, inference: Inference, window: SlidingWindow) -> None:
        self._inference = inference
        self._window = window

    def logits(self, images: SliceTensors, rows: Indices) -> Iterator[tuple[Indices, Tensor]]:
        """Yield ``(where, logits)`` for the rows of one scan after the other."""
        table = images.table
        scans = np.unique(table.scan[rows])
        spans = [table.rows_of(int(scan)) for scan in scans]
        volumes = images.batches([np.arange(span.start, span.stop) for span in spans])
        for scan, span, volume in zip(scans, spans, volumes, strict=True):
            where = np.flatnonzero(table.scan[rows] == scan)
            logits = self._window.logits(self._inference, as_volume(volume)).transpose(0, 1)
            positions = torch.from_numpy(rows[where] - span.start).to(logits.device)
            yield where, logits[positions]

    def features(self, images: SliceTensors, rows: Indices) -> NDArray[np.float32]:
        """Refuse: the learner says in ``gives`` that there are none."""
        raise AlsegError("the learner 'volumes' gives no features", hint="choose a strategy that needs none")

    def samples(self, images: SliceTensors, rows: Indices) -> Iterator[tuple[Indices, Tensor]]:
        """Refuse: the learner says in ``gives`` that there is no committee."""
        raise AlsegError("the learner 'volumes' has no committee", hint="choose a strategy that needs none")


def scan_sizes(table: SliceTable) -> list[tuple[int, int, int]]:
    """(slices, rows, columns) of each scan."""
    spans = [table.rows_of(scan) for scan in range(len(table.scan_ids))]
    return [(span.stop - span.start, int(table.height[span.start]), int(table.width[span.start])) for span in spans]
