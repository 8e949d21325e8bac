"""The slices of some scans of a store, as arrays."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from alcore.query import unwritable
from alcore.regions import Units

if TYPE_CHECKING:
    from alcore.store.reader import SliceStore


@dataclass(frozen=True)
class SliceTable:
    """Slices in pool order: scan after scan, by position within a scan. Arrays cannot be written.

    Args:
        scan_ids: the scans' ids.
        store_scan: (scans,) index of each scan in the store.
        scan: (n,) index of each slice's scan among ``scan_ids``.
        position: (n,) position of each slice in its scan.
        height: (n,) rows of each slice.
        width: (n,) columns of each slice.
        spacing: (scans, 3) millimetres along (slices, rows, columns).
    """

    scan_ids: tuple[str, ...]
    store_scan: NDArray[np.int64]
    scan: NDArray[np.int32]
    position: NDArray[np.int32]
    height: NDArray[np.int32]
    width: NDArray[np.int32]
    spacing: NDArray[np.float64]

    def __post_init__(self) -> None:
        for item in fields(self):
            if item.name != "scan_ids":
                object.__setattr__(self, item.name, unwritable(getattr(self, item.name)))

    @classmethod
    def of(cls, store: "SliceStore", scans: Sequence[int] | NDArray[np.integer]) -> "SliceTable":
        """List the slices of ``scans`` (indices into the store's scan table)."""
        chosen = np.asarray(scans, dtype=np.int64)
        counts = store.scans.n_slices[chosen]
        scan = np.repeat(np.arange(len(chosen), dtype=np.int32), counts)
        starts = np.cumsum(counts) - counts
        return cls(
            scan_ids=tuple(store.scans.ids[index] for index in chosen),
            store_scan=chosen,
            scan=scan,
            position=(np.arange(len(scan)) - np.repeat(starts, counts)).astype(np.int32),
            height=store.scans.height[chosen][scan].astype(np.int32),
            width=store.scans.width[chosen][scan].astype(np.int32),
            spacing=store.scans.spacing[chosen],
        )

    def __len__(self) -> int:
        return len(self.scan)

    @property
    def frame(self) -> tuple[int, int]:
        """Height and width that hold every slice."""
        return (int(self.height.max(initial=0)), int(self.width.max(initial=0)))

    @cached_property
    def first_of_scan(self) -> NDArray[np.int64]:
        """The first row of each scan, (scans,)."""
        return unwritable(np.searchsorted(self.scan, np.arange(len(self.scan_ids))))

    @property
    def units(self) -> Units:
        """Every slice as a unit of a query."""
        return Units.slices(self.scan, self.position, self.height, self.width)

    @property
    def scan_sizes(self) -> NDArray[np.int64]:
        """Slices, rows and columns of each scan, (scans, 3)."""
        first = self.first_of_scan
        counts = np.bincount(self.scan, minlength=len(first))
        return np.stack([counts, self.height[first], self.width[first]], axis=1).astype(np.int64)

    def extent(self, rows: NDArray[np.int64]) -> NDArray[np.int32]:
        """Height and width of each of ``rows``, (len(rows), 2)."""
        return np.stack([self.height[rows], self.width[rows]], axis=1)

    def rows_of(self, scan: int) -> slice:
        """The rows of one scan: a contiguous range."""
        start, stop = np.searchsorted(self.scan, [scan, scan + 1])
        return slice(int(start), int(stop))
