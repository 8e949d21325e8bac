"""The oracle: holds the truth and gives the labels of annotated slices only."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from alcore.pool.effort import label_effort
from alcore.pool.slices import SliceTensors
from alcore.query import Indices

SLICES_AT_ONCE = 64
"""Slices whose effort is counted in one batch."""


class Oracle:
    """Gives true labels of slices that were paid for.

    Args:
        labels: the labels of the whole pool; nothing else in a run refers to them.

    Attributes:
        foreground: (n,) foreground voxels of each annotated slice, 0 of the others.
        boundary: (n,) boundary voxels of each annotated slice, 0 of the others; see :func:`label_effort`.
    """

    def __init__(self, labels: SliceTensors) -> None:
        self._labels = labels
        self._annotated = np.zeros(len(labels.table), dtype=bool)
        self.foreground = np.zeros(len(labels.table), dtype=np.int64)
        self.boundary = np.zeros(len(labels.table), dtype=np.int64)

    @property
    def leading_shape(self) -> tuple[int, ...]:
        """What stands before height and width of a slice's label: (), or (classes,) for multi-label data."""
        return self._labels.leading_shape

    def annotate(self, indices: Indices) -> None:
        """Pay for the labels of these slices and count what had to be drawn."""
        self._annotated[indices] = True
        parts = [indices[start : start + SLICES_AT_ONCE] for start in range(0, len(indices), SLICES_AT_ONCE)]
        for rows, labels in zip(parts, self._labels.batches(parts), strict=True):
            foreground, boundary = label_effort(labels)
            self.foreground[rows] = foreground.cpu().numpy()
            self.boundary[rows] = boundary.cpu().numpy()

    def labels(self, indices: Indices) -> Tensor:
        """Return the labels of annotated slices as one padded batch.

        Raises:
            LookupError: one of them was not annotated.
        """
        self._check(indices)
        return self._labels.batch(indices)

    def label_batches(self, batches_of_indices: Sequence[Indices]) -> Iterator[Tensor]:
        """Yield the labels of each batch of annotated slices, in order.

        Raises:
            LookupError: one of them was not annotated.
        """
        for indices in batches_of_indices:
            self._check(indices)
        return self._labels.batches(batches_of_indices)

    def label(self, index: int) -> NDArray[np.uint8]:
        """Return the label of one annotated slice, not padded: (height, width) or (classes, height, width)."""
        array: NDArray[np.uint8] = self.labels(np.array([index]))[0].cpu().numpy()
        return array

    def _check(self, indices: Indices) -> None:
        if not self._annotated[indices].all():
            unpaid = indices[~self._annotated[indices]]
            raise LookupError(f"the labels of slices {unpaid[:5].tolist()} were not annotated")
