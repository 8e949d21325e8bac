"""The images of a store, for those who must not see its labels."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from alcore.store.confined import damage


class StoredImages:
    """Images of some scans. It refers to HDF5's handles of these images alone: neither to the store nor to its file.

    Good while the store is open. Threads may share it.

    Args:
        path: the store, for messages.
        handles: scan number -> the scan's id, and HDF5's handle of its image.

    Raises:
        AlsegError: from every reading method, where the file is damaged; the scan is named.
    """

    def __init__(self, path: Path, handles: Mapping[int, tuple[str, h5py.h5d.DatasetID]]) -> None:
        self._path = path
        self._handles = handles

    def read(self, scan: int, position: int) -> NDArray[Any]:
        """Slice ``position`` of a scan: (channels, height, width) in the scan's own type."""
        return self._read(scan, position)

    def read_scan(self, scan: int) -> NDArray[Any]:
        """All slices of a scan: (slices, channels, height, width)."""
        return self._read(scan, ...)

    def _read(self, scan: int, selection: Any) -> NDArray[Any]:
        name, handle = self._handles[scan]
        if not handle.valid:
            raise ValueError(f"the slice store {self._path} is closed")
        with damage(f"the slice store {self._path} is damaged: scan {name!r} cannot be read"):
            return np.asarray(h5py.Dataset(handle)[selection])
