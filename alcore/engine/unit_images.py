"""The images of units of a pool: slices as they are, of patches and volumes the slices below each other."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from alcore.pool.batches import image_batches
from alcore.pool.slices import SliceTensors
from alcore.query import Indices
from alcore.regions import Units


@dataclass(frozen=True)
class UnitImages:
    """Images by unit.

    Args:
        slices: the images of the pool's slices.
        units: the units of the pool.
    """

    slices: SliceTensors
    units: Units

    @property
    def are_slices(self) -> bool:
        """Whether a unit's index is that of its slice."""
        return self.units.kind == "slice"

    def images(self, indices: Indices) -> Iterator[tuple[Indices, Tensor]]:
        """Yield ``(where, x)``, see :class:`alcore.Predictor`."""
        if self.are_slices:
            yield from image_batches(self.slices, indices)
            return
        for where, rows in self.by_scan(indices):
            slices = self.slices.batch(rows)
            for place in where:
                yield np.array([place]), self.cut(slices, int(indices[place]), int(rows[0]))

    def by_scan(self, indices: Indices) -> Iterator[tuple[Indices, Indices]]:
        """Yield, scan after scan, which of ``indices`` are of it, and the rows from the first to the last of theirs."""
        scans = self.units.scan[indices]
        for scan in np.unique(scans):
            where = np.flatnonzero(scans == scan)
            first = int(self.slices.table.first_of_scan[scan])
            start, stop = self.units.lower[indices[where], 0].min(), self.units.upper[indices[where], 0].max()
            yield where, np.arange(first + start, first + stop)

    def cut(self, slices: Tensor, index: int, first_row: int) -> Tensor:
        """A unit of slices (n, layers, height, width) from ``first_row`` on: (1, layers, slices x rows, columns)."""
        scan, (start, top, left), (stop, bottom, right) = self.units[index]
        begin = int(self.slices.table.first_of_scan[scan]) - first_row
        box = slices[begin + start : begin + stop, :, top:bottom, left:right]
        return box.transpose(0, 1).flatten(start_dim=1, end_dim=2)[None]
