"""Regions of scans, and the units of a pool that may be queried: slices, patches or whole scans."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from alcore.specs import UnitKind


class Region(NamedTuple):
    """A box of voxels of one scan, half-open: ``lower`` belongs to it, ``upper`` does not.

    Attributes:
        scan: index of the scan in the pool.
        lower: first (slice, row, column).
        upper: (slice, row, column) after the last.
    """

    scan: int
    lower: tuple[int, int, int]
    upper: tuple[int, int, int]


@dataclass(frozen=True)
class Units:
    """What may be queried of a pool, as a table of regions of one kind; units may overlap.

    Args:
        kind: ``slice``, ``patch`` or ``volume``.
        scan: (n,) index of the scan that each unit belongs to, non-decreasing in a whole pool.
        lower: (n, 3) first slice, row and column of each unit.
        upper: (n, 3) slice, row and column after the last.
    """

    kind: UnitKind
    scan: NDArray[np.int32]
    lower: NDArray[np.int32]
    upper: NDArray[np.int32]

    @classmethod
    def slices(
        cls,
        scan: NDArray[np.integer],
        position: NDArray[np.integer],
        height: NDArray[np.integer],
        width: NDArray[np.integer],
    ) -> "Units":
        """Whole slices: the scan, position, rows and columns of each, (n,)."""
        zero = np.zeros(len(scan), np.int32)
        lower = np.stack([position, zero, zero], axis=1).astype(np.int32)
        upper = np.stack([np.add(position, 1), height, width], axis=1).astype(np.int32)
        return cls("slice", scan.astype(np.int32), lower, upper)

    @classmethod
    def volumes(cls, sizes: NDArray[np.integer]) -> "Units":
        """Whole scans of ``sizes``, (scans, 3) slices, rows and columns."""
        upper = np.asarray(sizes, np.int32)
        return cls("volume", np.arange(len(upper), dtype=np.int32), np.zeros_like(upper), upper)

    @classmethod
    def patches(cls, sizes: NDArray[np.integer], size: tuple[int, int, int], stride: tuple[int, int, int]) -> "Units":
        """Boxes of one size on a grid, scan after scan.

        The grid begins at the first voxel of a scan; along each dimension a last box ends with the scan, so that every
        voxel lies in one. A dimension that is smaller than the box is taken whole.

        Args:
            sizes: (scans, 3) slices, rows and columns of each scan.
            size: slices, rows and columns of a box.
            stride: steps of the grid along the same.
        """
        scans, lowers, uppers = [], [], []
        for scan, lengths in enumerate(np.asarray(sizes, np.int64).tolist()):
            taken = [min(length, wanted) for length, wanted in zip(lengths, size, strict=True)]
            starts = [
                np.unique([*range(0, length - extent + 1, step), length - extent])
                for length, extent, step in zip(lengths, taken, stride, strict=True)
            ]
            lower = np.stack(np.meshgrid(*starts, indexing="ij"), axis=-1).reshape(-1, 3).astype(np.int32)
            scans.append(np.full(len(lower), scan, np.int32))
            lowers.append(lower)
            uppers.append(lower + np.array(taken, np.int32))
        return cls("patch", np.concatenate(scans), np.concatenate(lowers), np.concatenate(uppers))

    def __len__(self) -> int:
        return len(self.scan)

    def __getitem__(self, index: int) -> Region:
        scan, (a, b, c), (d, e, f) = int(self.scan[index]), self.lower[index].tolist(), self.upper[index].tolist()
        return Region(scan, (a, b, c), (d, e, f))

    def __iter__(self) -> Iterator[Region]:
        return map(self.__getitem__, range(len(self)))

    def take(self, indices: Sequence[int] | NDArray[np.integer]) -> "Units":
        """The units at ``indices``, in that order."""
        indices = np.asarray(indices, np.int64)
        return Units(self.kind, self.scan[indices], self.lower[indices], self.upper[indices])

    @property
    def voxels(self) -> NDArray[np.int64]:
        """Voxels of each unit, (n,)."""
        voxels: NDArray[np.int64] = np.prod(self.upper.astype(np.int64) - self.lower, axis=1)
        return voxels

    def shared_with(self, region: Region) -> NDArray[np.int64]:
        """Voxels that each unit shares with ``region``, (n,)."""
        first, last = np.maximum(self.lower, region.lower), np.minimum(self.upper, region.upper)
        shared: NDArray[np.int64] = np.prod(np.maximum(last - first, 0), axis=1, dtype=np.int64)
        return np.where(self.scan == region.scan, shared, 0)
