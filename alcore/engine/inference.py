"""The model applied to slices without training it, in batches of slices of one size."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from alcore.engine.device import refusals_explained
from alcore.errors import AlsegError
from alcore.pool.slices import SliceTensors
from alcore.pool.table import SliceTable
from alcore.query import Indices

PIXELS_PER_BATCH = {"cpu": 2**18, "mps": 2**21, "cuda": 2**22}
"""Pixels in one batch of inference: large enough to keep the device busy, small enough for its caches and memory."""


def autocast(device: torch.device, amp: str) -> AbstractContextManager[None]:
    """The context of automatic mixed precision; ``amp`` is off, bfloat16 or float16."""
    if amp == "off":
        return nullcontext()
    context: AbstractContextManager[None] = torch.autocast(device.type, dtype=getattr(torch, amp))
    return context


def memory_format(device: torch.device, dim: int = 2) -> torch.memory_format:
    """The layout of image batches: convolutions run faster on channels-last everywhere but on mps."""
    if device.type == "mps":
        return torch.contiguous_format
    return torch.channels_last if dim == 2 else torch.channels_last_3d


def plain_model(model: nn.Module) -> nn.Module:
    """The model without the wrapper that ``torch.compile`` puts around it."""
    return getattr(model, "_orig_mod", model)


def equal_size_batches(table: SliceTable, rows: Indices, pixels: int) -> list[Indices]:
    """Cut ``rows`` into batches of slices of one size, so that no padding reaches the model.

    Args:
        table: the slices.
        rows: rows of the table, any order.
        pixels: the most pixels in a batch; a batch holds at least one slice.

    Returns:
        Positions in ``rows``, one array per batch.
    """
    if not len(rows):
        return []
    height, width = table.height[rows], table.width[rows]
    order = np.lexsort((width, height))
    changes = np.flatnonzero(np.diff(height[order]) | np.diff(width[order])) + 1
    batches: list[NDArray[np.int64]] = []
    for group in np.split(order, changes):
        size = max(1, pixels // int(height[group[0]] * width[group[0]]))
        batches.extend(group[start : start + size] for start in range(0, len(group), size))
    return batches


class Inference:
    """A model in evaluation mode, applied to slices, or to batches of any dimensions.

    Args:
        model: maps (n, channels, *spatial) to logits (n, classes, *spatial).
        amp: automatic mixed precision, as in :class:`LearnerOptions`.
        device: where model and slices are.
    """

    def __init__(self, model: nn.Module, device: torch.device, amp: str) -> None:
        self.model = model
        self.device = device
        self._amp = amp

    def eager(self) -> "Inference":
        """The same model without what ``torch.compile`` puts around it, which passes by hooks that are added later."""
        return Inference(plain_model(self.model), self.device, self._amp)

    def image_batches(self, images: SliceTensors, rows: Indices) -> Iterator[tuple[Indices, Tensor]]:
        """Yield ``(where, x)`` for ``rows`` in batches of equal size."""
        batches = equal_size_batches(images.table, rows, PIXELS_PER_BATCH[self.device.type])
        yield from zip(batches, images.batches(rows[where] for where in batches), strict=True)

    def logits(self, images: SliceTensors, rows: Indices) -> Iterator[tuple[Indices, Tensor]]:
        """Yield ``(where, logits)`` for ``rows``: float32, (k, classes, height, width) of ``rows[where]``."""
        for where, x in self.image_batches(images, rows):
            yield where, self.forward(x)

    def forward(self, x: Tensor) -> Tensor:
        """Logits (float32) of one batch of images; leaves the model in evaluation mode.

        Raises:
            AlsegError: the batch exceeds the device's memory.
        """
        # Whoever trains sets training mode; to restore it after each batch would walk all modules twice a batch.
        if self.model.training:
            self.model.eval()
        try:
            with refusals_explained("the model"), torch.inference_mode(), autocast(self.device, self._amp):
                logits: Tensor = self.model(x.contiguous(memory_format=memory_format(self.device, x.ndim - 2)))
                return logits.float()
        except torch.OutOfMemoryError as error:
            shape = " x ".join(map(str, x.shape[2:]))
            raise AlsegError(
                f"predicting {len(x)} images of {shape} exceeds the memory of {self.device}",
                hint="lower pool.memory_budget, so that slices stream, or use learner.amp=bfloat16",
            ) from error
