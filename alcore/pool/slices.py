"""Slices as tensors: resident on the device, or streamed from the store with read-ahead. Both give the same batches.

A batch is padded at the bottom and right to the largest slice in it: images with 0, which is what convolutions
see beyond their input; labels with ``IGNORED``.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from alcore.pool.table import SliceTable
from alcore.query import Indices
from alcore.regions import Region

READ_AHEAD = 4
"""Batches that a streaming source reads in the background."""


class SliceReader(Protocol):
    """Reads the slices of a table, one kind of content (images or labels), as padded arrays."""

    table: SliceTable
    leading_shape: tuple[int, ...]
    dtype: np.dtype[Any]
    padding: int

    def read_scan(self, scan: int) -> NDArray[Any]:
        """Return (slices, *leading_shape, height, width) of one scan of the table."""
        ...

    def read_slice(self, row: int) -> NDArray[Any]:
        """Return (*leading_shape, height, width) of one slice of the table."""
        ...


def read_region(reader: SliceReader, region: Region) -> NDArray[Any]:
    """Read a region: (slices, *leading_shape, rows, columns)."""
    (start, top, left), (stop, bottom, right) = region.lower, region.upper
    rows = reader.table.rows_of(region.scan)
    if stop - start == rows.stop - rows.start:
        content = reader.read_scan(region.scan)
    else:
        content = np.stack([reader.read_slice(row) for row in range(rows.start + start, rows.start + stop)])
    return content[..., top:bottom, left:right]


class SliceTensors(Protocol):
    """Batches of slices as tensors on the device."""

    table: SliceTable
    leading_shape: tuple[int, ...]
    """What stands before height and width of a slice."""
    device: torch.device

    def batch(self, rows: Indices) -> Tensor:
        """Return (len(rows), ..., height, width), padded to the largest of the slices."""
        ...

    def batches(self, batches_of_rows: Iterable[Indices]) -> Iterator[Tensor]:
        """Yield the batch of each entry, in order."""
        ...


class ResidentSlices:
    """Slices of a table in one padded tensor on the device: a batch is an index.

    Args:
        reader: reads them.
        device: where they come to lie.
        rows: those that are read at once, all of them by default; :meth:`add` reads others.
    """

    def __init__(self, reader: SliceReader, device: torch.device, rows: Indices | None = None) -> None:
        self.table = reader.table
        self.leading_shape = reader.leading_shape
        self.device = device
        self._reader = reader
        self._place = np.full(len(self.table), -1, np.int64)
        self._tensor = self._read(np.empty(0, np.int64))
        self.add(np.arange(len(self.table)) if rows is None else rows)

    def add(self, rows: Indices) -> None:
        """Read these slices, again if they are there already."""
        known = rows[self._place[rows] >= 0]
        new = rows[self._place[rows] < 0]
        if len(known):
            self._tensor[torch.from_numpy(self._place[known]).to(self.device)] = self._read(known)
        if len(new):
            self._place[new] = len(self._tensor) + np.arange(len(new))
            self._tensor = torch.cat([self._tensor, self._read(new)]) if len(self._tensor) else self._read(new)

    def _read(self, rows: Indices) -> Tensor:
        """Read slices into one tensor; a scan at once where all of it is asked for."""
        padded = np.empty((len(rows), *self.leading_shape, *self.table.frame), dtype=self._reader.dtype)
        place = 0
        while place < len(rows):
            of_scan = self.table.rows_of(int(self.table.scan[rows[place]]))
            length = of_scan.stop - of_scan.start
            if np.array_equal(rows[place : place + length], np.arange(of_scan.start, of_scan.stop)):
                content = self._reader.read_scan(int(self.table.scan[rows[place]]))
            else:
                length, content = 1, self._reader.read_slice(int(rows[place]))[None]
            _place(content, padded[place : place + length], self._reader.padding)
            place += length
        return torch.from_numpy(padded).to(self.device)

    def batch(self, rows: Indices) -> Tensor:
        """Return (len(rows), ..., height, width), padded to the largest of the slices."""
        height, width = self.table.height[rows].max(), self.table.width[rows].max()
        chosen = torch.from_numpy(self._place[rows]).to(self.device)
        return self._tensor[..., :height, :width].index_select(0, chosen)

    def batches(self, batches_of_rows: Iterable[Indices]) -> Iterator[Tensor]:
        """Yield the batch of each entry, in order."""
        return map(self.batch, batches_of_rows)


class StreamingSlices:
    """Slices read from the store when they are asked for, the next batches in the background."""

    def __init__(self, reader: SliceReader, device: torch.device) -> None:
        self.table = reader.table
        self.leading_shape = reader.leading_shape
        self._reader = reader
        self.device = device

    def add(self, rows: Indices) -> None:
        """Nothing is to be done: every slice is read when it is asked for."""

    def batch(self, rows: Indices) -> Tensor:
        """Return (len(rows), ..., height, width), padded to the largest of the slices."""
        return self._read(rows).to(self.device)

    def batches(self, batches_of_rows: Iterable[Indices]) -> Iterator[Tensor]:
        """Yield the batch of each entry, in order, while the next ones are read."""
        # One thread: HDF5 serialises its calls anyway, and the point is to read while the model computes.
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="alseg-read-ahead") as executor:
            pending = iter(batches_of_rows)
            ahead: list[Future[Tensor]] = [executor.submit(self._read, rows) for rows in islice(pending, READ_AHEAD)]
            try:
                while ahead:
                    ready = ahead.pop(0).result()
                    ahead.extend(executor.submit(self._read, rows) for rows in islice(pending, 1))
                    yield ready.to(self.device, non_blocking=True)
            finally:
                for future in ahead:
                    future.cancel()

    def _read(self, rows: Indices) -> Tensor:
        height, width = int(self.table.height[rows].max()), int(self.table.width[rows].max())
        shape = (len(rows), *self._reader.leading_shape, height, width)
        padded = np.empty(shape, dtype=self._reader.dtype)
        for place, row in enumerate(rows):
            _place(self._reader.read_slice(int(row)), padded[place], self._reader.padding)
        return torch.from_numpy(padded)


def _place(content: NDArray[Any], frame: NDArray[Any], padding: int) -> None:
    """Write ``content`` into the upper left of ``frame`` and fill the rest; ``np.pad`` takes ten times as long."""
    height, width = content.shape[-2:]
    frame[..., :height, :width] = content
    frame[..., :height, width:] = padding
    frame[..., height:, :] = padding


def n_bytes(reader: SliceReader) -> int:
    """Bytes that the slices of ``reader`` take as one padded tensor."""
    height, width = reader.table.frame
    return len(reader.table) * int(np.prod(reader.leading_shape)) * height * width * reader.dtype.itemsize
