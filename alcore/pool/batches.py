"""Slices in batches of one size, so that no padding reaches a model."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from alcore.pool.slices import SliceTensors
from alcore.pool.table import SliceTable
from alcore.query import Indices

PIXELS_PER_BATCH = {"cpu": 2**18, "mps": 2**21, "cuda": 2**22}
"""Pixels in one batch by device: large enough to keep it busy, small enough for its caches and memory."""


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


def image_batches(images: SliceTensors, rows: Indices) -> Iterator[tuple[Indices, Tensor]]:
    """Yield ``(where, x)``: the images x, (k, channels, height, width), of ``rows[where]``, batch after batch."""
    batches = equal_size_batches(images.table, rows, PIXELS_PER_BATCH[images.device.type])
    yield from zip(batches, images.batches(rows[where] for where in batches), strict=True)
