"""Where the labels of a scan are."""

import numpy as np

from alcore import IGNORED, AnnotatedSlices

Voxel = tuple[int | None, int | None, int | None]


class LabelledVoxels:
    """Draws voxels that have a label.

    Args:
        data: the annotated slices.
    """

    def __init__(self, data: AnnotatedSlices) -> None:
        self._data = data
        bounds = np.searchsorted(data.table.scan[data.rows], np.arange(1, len(data.table.scan_ids)))
        self._rows = np.split(data.rows, bounds)
        self._partly = set(data.partly.tolist())

    def draw(self, scan: int, rng: np.random.Generator) -> Voxel:
        """A labelled slice, and of one with labels in part a row and a column; None where any will do.

        Args:
            scan: index of a scan that has a labelled slice.
            rng: what to draw by.
        """
        rows, of_scan = self._rows[scan], self._data.table.rows_of(scan)
        if len(rows) == of_scan.stop - of_scan.start and not self._partly.intersection(rows.tolist()):
            return (None, None, None)
        row = int(rng.choice(rows))
        position = row - of_scan.start
        if row not in self._partly:
            return (position, None, None)
        (label,) = self._data.labels([np.array([row])])
        known = (label[0] != IGNORED).cpu().numpy()
        labelled = np.argwhere(known if known.ndim == 2 else known.any(axis=0))
        if not len(labelled):  # what was paid for is ignored in the data
            return (position, None, None)
        y, x = labelled[rng.integers(len(labelled))]
        return (position, int(y), int(x))
