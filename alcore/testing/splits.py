"""Splits made from arrays, for tests that need no store."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from alcore.labels import IGNORED
from alcore.pool.data import SplitData
from alcore.pool.slices import ResidentSlices, SliceReader, SliceTensors
from alcore.pool.table import SliceTable

SPACING = (3.0, 1.5, 1.0)
"""Millimetres along slices, rows and columns of the first scan; scan k has k + 1 times as much."""

Arrays = Sequence[NDArray[Any]]


@dataclass(frozen=True)
class ArraySplit(SplitData):
    """A split that keeps the arrays it was made from.

    Args:
        image_scans: (slices, channels, height, width) for each scan.
        label_scans: (slices, [classes,] height, width) for each scan.
    """

    image_scans: Arrays
    label_scans: Arrays

    def image(self, row: int) -> NDArray[Any]:
        """The image of one slice, not padded."""
        return _slice(self.table, self.image_scans, row)

    def label(self, row: int) -> NDArray[Any]:
        """The label of one slice, not padded."""
        return _slice(self.table, self.label_scans, row)


def array_split(
    images: Arrays,
    labels: Arrays,
    slices: Callable[[SliceReader, torch.device], SliceTensors] = ResidentSlices,
) -> ArraySplit:
    """Make a split on the CPU of one image and one label per scan; ``slices`` says how they are held."""
    table, cpu = _table_of([(len(image), *image.shape[-2:]) for image in images]), torch.device("cpu")
    return ArraySplit(
        table=table,
        images=slices(_ArrayReader(table, images, 0), cpu),
        labels=slices(_ArrayReader(copy.copy(table), labels, IGNORED), cpu),
        image_scans=images,
        label_scans=labels,
    )


class _ArrayReader:
    """Slices from one array per scan, (slices, ..., height, width), in place of a store."""

    def __init__(self, table: SliceTable, scans: Arrays, padding: int) -> None:
        self.table, self.padding = table, padding
        self.leading_shape, self.dtype = scans[0].shape[1:-2], scans[0].dtype
        self._scans = scans

    def read_scan(self, scan: int) -> NDArray[Any]:
        return self._scans[scan]

    def read_slice(self, row: int) -> NDArray[Any]:
        return _slice(self.table, self._scans, row)


def _slice(table: SliceTable, scans: Arrays, row: int) -> NDArray[Any]:
    found: NDArray[Any] = scans[table.scan[row]][table.position[row]]
    return found


def _table_of(shapes: Sequence[tuple[int, int, int]]) -> SliceTable:
    """The table of scans of ``shapes`` (slices, height, width)."""
    counts = [shape[0] for shape in shapes]
    scan = np.repeat(np.arange(len(shapes), dtype=np.int32), counts)
    return SliceTable(
        scan_ids=tuple(f"scan{k}" for k in range(len(shapes))),
        store_scan=np.arange(len(shapes)),
        scan=scan,
        position=np.concatenate([np.arange(count, dtype=np.int32) for count in counts]),
        height=np.array([shape[1] for shape in shapes], np.int32)[scan],
        width=np.array([shape[2] for shape in shapes], np.int32)[scan],
        spacing=np.outer(np.arange(1, len(shapes) + 1), SPACING),
    )
