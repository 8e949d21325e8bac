"""Where the foreground of a scan is, as a sample of its voxels."""

import numpy as np
from numpy.typing import NDArray

from alcore import AnnotatedSlices, LabelSpace, random_generator

MOST_PER_CLASS = 10_000
"""Voxels that are remembered of a class in a scan, as in nnU-Net."""

Voxels = NDArray[np.int32]


class ForegroundVoxels:
    """Remembers voxels of every foreground class of each scan, drawn once, when the scan is first asked for.

    Args:
        data: the annotated slices; what is not annotated is no foreground.
        label_space: what the classes are.
        seed: the run's seed; what is remembered of a scan depends on it and the scan alone.
    """

    def __init__(self, data: AnnotatedSlices, label_space: LabelSpace, seed: int) -> None:
        self._data = data
        self._label_space = label_space
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
        (label,) = self._data.labels([np.arange(span.start, span.stop)])
        rng = random_generator(self._seed, "foreground", scan)
        classes = []
        for mask in self._label_space.masks(label).cpu().numpy():
            where = np.flatnonzero(mask)
            if len(where) > MOST_PER_CLASS:
                where = rng.choice(where, MOST_PER_CLASS, replace=False)
            if len(where):
                classes.append(np.stack(np.unravel_index(where, mask.shape), axis=1).astype(np.int32))
        return classes
