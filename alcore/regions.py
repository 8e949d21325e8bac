"""Regions of scans, and the units of a pool that may be queried: slices, patches or whole scans."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

UnitKind = Literal["slice", "patch", "volume"]
UNIT_KINDS: tuple[UnitKind, ...] = ("slice", "patch", "volume")


class Region(NamedTuple):
    """A box of voxels of one scan, half-open: ``lower`` belongs to it, ``upper`` does not.

    Args:
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
