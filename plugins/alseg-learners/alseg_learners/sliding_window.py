"""Predict a whole volume from overlapping windows, each voxel most by the windows in whose middle it lies."""

import math
from collections.abc import Iterator
from itertools import product

import torch
from torch import Tensor

from alcore import AlsegError
from alseg_learners.inference import Inference
from alseg_learners.patch_size import PatchSize

SIGMA = 1 / 8
"""Standard deviation of the weights as a share of the window's length: nnU-Net's (Isensee et al. 2021)."""

LEAST_WEIGHT = 1e-3
"""So that no voxel is lost to rounding in a corner; MONAI's."""


VOXELS_PER_BATCH = {"cpu": 2**18, "mps": 2**21, "cuda": 2**22}
"""Voxels in one batch of windows by device: large enough to keep it busy, small enough for its memory."""


def gaussian_weights(size: PatchSize) -> Tensor:
    """Importance of each voxel of a window, in (0, 1], highest in the middle; of shape ``size``."""
    weights = torch.ones(1)
    for length in size:
        distance = torch.arange(length, dtype=torch.float32) - (length - 1) / 2
        along = torch.exp(-(distance**2) / (2 * (SIGMA * length) ** 2))
        weights = weights.unsqueeze(-1) * along
    return weights[0].clamp(min=LEAST_WEIGHT)


def window_starts(length: int, window: int, overlap: float) -> list[int]:
    """Where windows begin along an axis, as in MONAI: evenly, the last one shifted back to end with the axis."""
    interval = max(1, int(window * (1 - overlap)))
    count = max(1, math.ceil((length - window) / interval) + 1)
    return [min(k * interval, max(0, length - window)) for k in range(count)]


class SlidingWindow:
    """Applies a 3D model to volumes of any size.

    Logits of overlapping windows are averaged with Gaussian weights. A volume that is smaller than the window is padded
    with zeros at the end, as in training, and the logits are cropped back.

    Args:
        size: the window, which is the size of training patches.
        overlap: share of the window by which neighbours overlap, in [0, 1).
    """

    def __init__(self, size: PatchSize, overlap: float) -> None:
        self.size = size
        self._overlap = overlap
        self._weights = gaussian_weights(size)

    def n_windows(self, size: tuple[int, int, int]) -> int:
        """Windows that a volume of that size takes."""
        return math.prod(len(window_starts(*axis, self._overlap)) for axis in zip(size, self.size, strict=True))

    def logits(self, inference: Inference, volume: Tensor) -> Tensor:
        """Logits (classes, d, h, w), float32, of one volume (channels, d, h, w) on the model's device.

        Raises:
            AlsegError: the volume's logits exceed the device's memory.
        """
        spatial = volume.shape[-3:]
        missing = [max(0, window - length) for length, window in zip(spatial, self.size, strict=True)]
        padded = torch.nn.functional.pad(volume, [pad for length in reversed(missing) for pad in (0, length)])
        weights = self._weights.to(volume.device)
        total: Tensor | None = None
        try:
            weight = torch.zeros(padded.shape[-3:], device=volume.device)
            for windows in self._batches(tuple(padded.shape[-3:]), inference.device):
                predicted = inference.forward(torch.stack([padded[(slice(None), *window)] for window in windows]))
                if total is None:
                    total = torch.zeros((predicted.shape[1], *padded.shape[-3:]), device=volume.device)
                for logits, window in zip(predicted, windows, strict=True):
                    total[(slice(None), *window)] += logits * weights
                    weight[window] += weights
            assert total is not None  # there is at least one window
            total /= weight
        except torch.OutOfMemoryError as error:
            shape = " x ".join(map(str, spatial))
            raise AlsegError(
                f"the logits of a volume of {shape} voxels exceed the memory of {volume.device}",
                hint="use --device cpu, or resample the dataset to a coarser spacing",
            ) from error
        depth, height, width = spatial
        return total[:, :depth, :height, :width]

    def _batches(self, size: tuple[int, ...], device: torch.device) -> Iterator[list[tuple[slice, ...]]]:
        starts = [window_starts(*axis, self._overlap) for axis in zip(size, self.size, strict=True)]
        windows = [
            tuple(slice(start, start + length) for start, length in zip(corner, self.size, strict=True))
            for corner in product(*starts)
        ]
        together = max(1, VOXELS_PER_BATCH[device.type] // math.prod(self.size))
        for first in range(0, len(windows), together):
            yield windows[first : first + together]
