"""Where the foreground of a scan is, as a sample of its voxels."""

import numpy as np
from numpy.typing import NDArray

from alcore.contracts import IGNORED
from alcore.engine.seeding import generator
from alcore.pool.data import SplitData

MOST_PER_CLASS = 10_000
"""Voxels that are remembered of a class in a scan, as in nnU-Net."""

Voxels = NDArray[np.int32]


class ForegroundVoxels:
    """Remembers voxels of every foreground class of each scan, drawn once, when the scan is first asked for.

    Args:
        data: the scans.
        foreground: the foreground classes, as class numbers.
        multi_label: whether a voxel may belong to several classes.
        seed: the run's seed; what is remembered of a scan depends on it and the scan alone.
    """

    def __init__(self, data: SplitData, foreground: list[int], multi_label: bool, seed: int) -> None:
        self._data = data
        self._foreground = foreground
        self._multi_label = multi_label
        self._seed = seed
        self._known: dict[int, list[Voxels]] = {}

    def draw(self, scan: int, rng: np.random.Generator) -> Voxels | None:
        """A voxel (slice, row, column) of a class that is drawn first, each alike; None where there is no foreground.

        Args:
            scan: index of the scan in its split.
            rng: what to draw by.
        """
        if scan not in self._known:
            self._known[scan] = self._remember(scan)
        classes = self._known[scan]
        if not classes:
            return None
        voxels = classes[rng.integers(len(classes))]
        drawn: Voxels = voxels[rng.integers(len(voxels))]
        return drawn

    def _remember(self, scan: int) -> list[Voxels]:
        span = self._data.table.rows_of(scan)
        label = self._data.labels.batch(np.arange(span.start, span.stop)).cpu().numpy()
        rng = generator(self._seed, "foreground", scan)
        classes = []
        for number in self._foreground:
            mask = label[:, number] == 1 if self._multi_label else (label == number) & (label != IGNORED)
            where = np.flatnonzero(mask)
            if len(where) > MOST_PER_CLASS:
                where = rng.choice(where, MOST_PER_CLASS, replace=False)
            if len(where):
                classes.append(np.stack(np.unravel_index(where, mask.shape), axis=1).astype(np.int32))
        return classes
