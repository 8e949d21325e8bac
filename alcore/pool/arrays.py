"""Scans that are arrays, in no store, as a table and slices."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.pool.table import SliceTable

Arrays = Sequence[NDArray[Any]]
"""One array for each scan, (slices, ..., height, width)."""


class ArrayReader:
    """Reads slices from arrays; see :class:`alcore.pool.slices.SliceReader`.

    Args:
        table: the slices of the scans.
        scans: the scans.
        padding: what stands beyond a slice in a batch.
    """

    def __init__(self, table: SliceTable, scans: Arrays, padding: int) -> None:
        self.table, self.padding = table, padding
        self.leading_shape, self.dtype = scans[0].shape[1:-2], scans[0].dtype
        self._scans = scans

    def read_scan(self, scan: int) -> NDArray[Any]:
        """Return one scan."""
        return self._scans[scan]

    def read_slice(self, row: int) -> NDArray[Any]:
        """Return one slice, (..., height, width)."""
        found: NDArray[Any] = self._scans[self.table.scan[row]][self.table.position[row]]
        return found


def array_table(shapes: Sequence[tuple[int, int, int]], spacing: NDArray[np.float64]) -> SliceTable:
    """The table of scans of ``shapes`` (slices, height, width); ``spacing`` is (scans, 3) millimetres."""
    counts = [shape[0] for shape in shapes]
    scan = np.repeat(np.arange(len(shapes), dtype=np.int32), counts)
    return SliceTable(
        scan_ids=tuple(f"scan{k}" for k in range(len(shapes))),
        store_scan=np.arange(len(shapes)),
        scan=scan,
        position=np.concatenate([np.arange(count, dtype=np.int32) for count in counts]),
        height=np.array([shape[1] for shape in shapes], np.int32)[scan],
        width=np.array([shape[2] for shape in shapes], np.int32)[scan],
        spacing=spacing,
    )
