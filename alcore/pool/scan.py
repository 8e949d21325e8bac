"""One scan that is in no store, as a table and tensors of its slices."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from alcore.pool.slices import ResidentSlices
from alcore.pool.table import SliceTable


def scan_tensors(image: NDArray[np.float32], spacing: Sequence[float], device: torch.device) -> ResidentSlices:
    """The normalised image (slices, channels, height, width) of one scan as slices on the device.

    Args:
        image: the image.
        spacing: millimetres along (slices, rows, columns).
        device: where the slices come to lie.
    """
    return ResidentSlices(_OneScan(image, spacing), device)


class _OneScan:
    dtype: np.dtype[Any] = np.dtype(np.float32)
    padding = 0

    def __init__(self, image: NDArray[np.float32], spacing: Sequence[float]) -> None:
        n, channels, height, width = image.shape
        self.leading_shape: tuple[int, ...] = (channels,)
        self.table = SliceTable(
            scan_ids=("scan",),
            store_scan=np.zeros(1, np.int64),
            scan=np.zeros(n, np.int32),
            position=np.arange(n, dtype=np.int32),
            height=np.full(n, height, np.int32),
            width=np.full(n, width, np.int32),
            spacing=np.array([spacing], np.float64),
        )
        self._image = image

    def read_scan(self, scan: int) -> NDArray[np.float32]:
        return self._image

    def read_slice(self, row: int) -> NDArray[np.float32]:
        image: NDArray[np.float32] = self._image[row]
        return image
