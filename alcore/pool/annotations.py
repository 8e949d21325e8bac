"""What is annotated of a pool: who is labelled, by whose labels, and what was filled in."""

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from alcore.annotating import Answer, ReadLabels
from alcore.labels import IGNORED
from alcore.pool.boxes import box_values
from alcore.pool.effort import label_effort
from alcore.pool.slices import ResidentSlices, StreamingSlices
from alcore.pool.table import SliceTable
from alcore.query import Indices, Status, unwritable
from alcore.regions import Region, Units

SLICES_AT_ONCE = 64
"""Slices whose effort is counted in one batch."""

PseudoLabels = Mapping[int, NDArray[np.uint8]]
"""Unpadded pseudo-label by pool index."""


class Annotations:
    """The labels of a pool that were paid for, and the pseudo-labels that were filled in between.

    Nothing else in a run holds labels of the pool. Memory grows with what is annotated: labels are read once they are
    paid for, and where slices stream from the store, whole slices are read again whenever they are asked for.

    Args:
        table: the slices of the pool.
        leading_shape: what stands before height and width of a slice's label: (), or (classes,) for multi-label data.
        device: where labels come to lie.
        resident: whether labels stay in memory.

    Attributes:
        foreground: (n,) foreground voxels that were drawn in each slice.
        boundary: (n,) boundary voxels that were drawn in each slice; see :func:`label_effort`.
        pseudo_labels: of the slices that have one and no true label, by pool index.
        pseudo_label_weight: what each of them weighs in the loss.
    """

    def __init__(self, table: SliceTable, leading_shape: tuple[int, ...], device: torch.device, resident: bool) -> None:
        self.table = copy.copy(table)  # a strategy may reach the one of the images
        self.leading_shape = leading_shape
        self.foreground = np.zeros(len(table), np.int64)
        self.boundary = np.zeros(len(table), np.int64)
        self.pseudo_labels: PseudoLabels = {}
        self.pseudo_label_weight = 1.0
        self._status = np.full(len(table), Status.UNLABELLED, np.uint8)
        self._paid = _PaidLabels(self.table, leading_shape)
        self._labels = (
            ResidentSlices(self._paid, device, np.empty(0, np.int64))
            if resident
            else StreamingSlices(self._paid, device)
        )

    @property
    def status(self) -> NDArray[np.uint8]:
        """The status of every slice, as a copy that cannot be written; one voxel that was paid for is a label."""
        return unwritable(self._status)

    def status_of(self, units: Units, overlap: float) -> NDArray[np.uint8]:
        """The status of units of the pool, (n,): of slices as it is; patches and volumes are labelled or they are not.

        Args:
            units: every unit of the pool, in its order.
            overlap: the share of a unit that may be paid for before it counts as labelled.
        """
        if units.kind == "slice":
            return self.status
        status = np.full(len(units), Status.UNLABELLED, np.uint8)
        for scan in np.unique(self.table.scan[self._status == Status.LABELLED]).tolist():
            start, stop = np.searchsorted(units.scan, [scan, scan + 1])
            paid = self._paid.mask(scan)
            share = box_values(paid, units.lower[start:stop], units.upper[start:stop], "mean")
            status[start:stop][share > overlap] = Status.LABELLED
        return unwritable(status)

    @property
    def partly(self) -> Indices:
        """Slices of which a part was paid for, in pool order."""
        return self._paid.partly

    @property
    def voxels(self) -> int:
        """Voxels that were paid for."""
        return self._paid.voxels

    def rows_of(self, units: Units) -> Indices:
        """The slices that any of these units has a part of, in pool order."""
        first = self.table.first_of_scan[units.scan]
        return np.unique(_ranges(first + units.lower[:, 0], first + units.upper[:, 0]))

    def region(self, region: Region) -> NDArray[np.uint8]:
        """The true labels of a region as far as they were paid for, elsewhere ``IGNORED``.

        Returns:
            (slices, [classes,] rows, columns).
        """
        (start, top, left), (stop, bottom, right) = region.lower, region.upper
        first = int(self.table.first_of_scan[region.scan])
        unknown = np.full((*self.leading_shape, bottom - top, right - left), IGNORED, np.uint8)
        return np.stack(
            [
                self.label(row)[..., top:bottom, left:right] if self._status[row] == Status.LABELLED else unknown
                for row in range(first + start, first + stop)
            ]
        )

    def rows(self, *status: Status) -> Indices:
        """Slices of any of these statuses, in pool order."""
        return np.flatnonzero(np.isin(self._status, status))

    def pay(self, answer: Answer) -> None:
        """Take over labels that an annotator gave, and count what had to be drawn."""
        rows = self._paid.add(answer)
        self._status[rows] = Status.LABELLED
        self._labels.add(rows)
        self.pseudo_labels = self._without_true_label(self.pseudo_labels)
        parts = [rows[start : start + SLICES_AT_ONCE] for start in range(0, len(rows), SLICES_AT_ONCE)]
        for part, labels in zip(parts, self._labels.batches(parts), strict=True):
            foreground, boundary = label_effort(labels)
            self.foreground[part] = foreground.cpu().numpy()
            self.boundary[part] = boundary.cpu().numpy()

    def fill(self, pseudo_labels: PseudoLabels, weight: float) -> list[int]:
        """Take over pseudo-labels, newer ones in the place of older; return the slices that got one.

        Args:
            pseudo_labels: by pool index; a slice with a true label keeps that.
            weight: what every pseudo-label of the pool weighs from now on.
        """
        filled = self._without_true_label(pseudo_labels)
        self.pseudo_labels = dict(sorted({**self.pseudo_labels, **filled}.items()))
        self.pseudo_label_weight = weight
        self._status[list(filled)] = Status.PSEUDO_LABELLED
        return sorted(filled)

    def _without_true_label(self, pseudo_labels: PseudoLabels) -> dict[int, NDArray[np.uint8]]:
        return {row: label for row, label in pseudo_labels.items() if self._status[row] != Status.LABELLED}

    def label(self, row: int) -> NDArray[np.uint8]:
        """The true label of one slice, not padded: (height, width) or (classes, height, width).

        Raises:
            LookupError: nothing of it was paid for.
        """
        (batch,) = self.labels([np.array([row])])
        array: NDArray[np.uint8] = batch[0].cpu().numpy()
        return array

    def labels(self, batches_of_rows: Sequence[Indices]) -> Iterator[Tensor]:
        """Yield the true labels of each batch of slices, in order, padded; ``IGNORED`` where nothing was paid for.

        Raises:
            LookupError: of one of the slices nothing was paid for.
        """
        for rows in batches_of_rows:
            unpaid = rows[self._status[rows] != Status.LABELLED]
            if len(unpaid):
                raise LookupError(f"the labels of slices {unpaid[:5].tolist()} were not annotated")
        return self._labels.batches(batches_of_rows)


class _PaidLabels:
    """Reads the slices of which something was paid for; see :class:`alcore.pool.slices.SliceReader`.

    A slice that was paid for as a whole is read from the answer that it came with. Of one that was paid for in part,
    the labels are composed here, and kept.
    """

    dtype: np.dtype[Any] = np.dtype(np.uint8)
    padding = IGNORED

    def __init__(self, table: SliceTable, leading_shape: tuple[int, ...]) -> None:
        self.table = table
        self.leading_shape = leading_shape
        self._read: list[ReadLabels] = []
        self._answer = np.full(len(table), -1, np.int32)
        self._parts: dict[int, NDArray[np.uint8]] = {}
        self._paid: dict[int, NDArray[np.bool_]] = {}

    @property
    def partly(self) -> Indices:
        """Slices of which a part was paid for, in pool order."""
        return np.array(sorted(self._parts), np.int64)

    @property
    def voxels(self) -> int:
        """Voxels that were paid for."""
        whole = self._answer >= 0
        pixels = self.table.height[whole].astype(np.int64) * self.table.width[whole]
        return int(pixels.sum()) + sum(int(np.count_nonzero(paid)) for paid in self._paid.values())

    def mask(self, scan: int) -> NDArray[np.bool_]:
        """Which voxels of a scan were paid for, (slices, rows, columns)."""
        rows = self.table.rows_of(scan)
        height, width = self.table.extent(np.array([rows.start]))[0].tolist()
        paid = np.zeros((rows.stop - rows.start, height, width), bool)
        paid[self._answer[rows] >= 0] = True
        for row in self._paid.keys() & set(range(rows.start, rows.stop)):
            paid[row - rows.start] = self._paid[row]
        return paid

    def add(self, answer: Answer) -> Indices:
        """Take over an answer; return the slices of which something is new, in pool order."""
        self._read.append(answer.read)
        units, first = answer.units, self.table.first_of_scan[answer.units.scan]
        across = (units.lower[:, 1:] == 0) & (units.upper[:, 1:] == self.table.extent(first))
        whole, part = across.all(axis=1), ~across.all(axis=1)
        rows = _ranges(first[whole] + units.lower[whole, 0], first[whole] + units.upper[whole, 0])
        self._give_whole(rows[self._answer[rows] < 0])
        composed = [self._compose(region, answer.read) for region in units.take(np.flatnonzero(part))]
        return np.unique(np.concatenate([rows, *composed]))

    def _give_whole(self, rows: Indices) -> None:
        self._answer[rows] = len(self._read) - 1
        for row in self._parts.keys() & set(rows.tolist()):
            del self._parts[row], self._paid[row]

    def _compose(self, region: Region, read: ReadLabels) -> Indices:
        """Paste a part of slices into what is known of them."""
        (start, top, left), (stop, bottom, right) = region.lower, region.upper
        first, labels = int(self.table.first_of_scan[region.scan]), read(region)
        rows = np.arange(first + start, first + stop)
        rows = rows[self._answer[rows] < 0]
        for row in rows.tolist():
            height, width = int(self.table.height[row]), int(self.table.width[row])
            known = self._parts.setdefault(row, np.full((*self.leading_shape, height, width), IGNORED, np.uint8))
            paid = self._paid.setdefault(row, np.zeros((height, width), bool))
            known[..., top:bottom, left:right] = labels[row - first - start]
            paid[top:bottom, left:right] = True
        return rows

    def read_slice(self, row: int) -> NDArray[np.uint8]:
        """The labels of one slice as far as they were paid for."""
        if row in self._parts:
            return self._parts[row]
        position = int(self.table.position[row])
        height, width = int(self.table.height[row]), int(self.table.width[row])
        region = Region(int(self.table.scan[row]), (position, 0, 0), (position + 1, height, width))
        label: NDArray[np.uint8] = self._read[self._answer[row]](region)[0]
        return label

    def read_scan(self, scan: int) -> NDArray[np.uint8]:
        """The labels of a scan, all of which was paid for."""
        rows = self.table.rows_of(scan)
        answers = np.unique(self._answer[rows])
        if len(answers) > 1 or answers[0] < 0:
            return np.array([self.read_slice(row) for row in range(rows.start, rows.stop)])
        height, width = self.table.extent(np.array([rows.start]))[0].tolist()
        labels: NDArray[np.uint8] = self._read[answers[0]](
            Region(scan, (0, 0, 0), (rows.stop - rows.start, height, width))
        )
        return labels


def _ranges(starts: NDArray[np.integer], stops: NDArray[np.integer]) -> Indices:
    """All numbers from each start to before its stop, in order."""
    lengths = np.subtract(stops, starts)
    before = np.cumsum(lengths) - lengths
    return np.repeat(np.subtract(starts, before), lengths).astype(np.int64) + np.arange(lengths.sum())
