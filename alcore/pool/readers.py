"""Read images (normalised) and labels of a table from a slice store."""

import copy
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from alcore.labels import IGNORED
from alcore.pool.normalise import IntensityMap
from alcore.pool.table import SliceTable

if TYPE_CHECKING:
    from alcore.store.reader import SliceStore


class ImageReader:
    """Normalised images, (channels, height, width) float32. A strategy may reach it, so it leads to no label."""

    dtype: np.dtype[Any] = np.dtype(np.float32)
    padding = 0

    def __init__(self, store: "SliceStore", table: SliceTable, intensities: IntensityMap) -> None:
        self.table = table
        self.leading_shape: tuple[int, ...] = (len(store.info.channel_names),)
        self._images = store.images(table.store_scan)
        self._intensities = intensities

    def read_scan(self, scan: int) -> NDArray[np.float32]:
        """Return (slices, channels, height, width) of one scan of the table."""
        index = int(self.table.store_scan[scan])
        return self._intensities.apply(self._images.read_scan(index), index)

    def read_slice(self, row: int) -> NDArray[np.float32]:
        """Return (channels, height, width) of one slice of the table."""
        index = int(self.table.store_scan[self.table.scan[row]])
        return self._intensities.apply(self._images.read(index, int(self.table.position[row])), index)


class LabelReader:
    """Labels: (height, width) of single-label, (classes, height, width) of multi-label data, uint8."""

    dtype: np.dtype[Any] = np.dtype(np.uint8)
    padding = IGNORED

    def __init__(self, store: "SliceStore", table: SliceTable) -> None:
        # A strategy reaches the table of the images: where labels are read must not hang on it.
        self.table = copy.copy(table)
        self.leading_shape: tuple[int, ...] = store.info.label_space.leading_shape
        self._store = store

    def read_scan(self, scan: int) -> NDArray[np.uint8]:
        """Return (slices, ..., height, width) of one scan of the table."""
        return self._store.read_scan_label(int(self.table.store_scan[scan]))

    def read_slice(self, row: int) -> NDArray[np.uint8]:
        """Return (..., height, width) of one slice of the table."""
        index = int(self.table.store_scan[self.table.scan[row]])
        return self._store.read_label(index, int(self.table.position[row]))
