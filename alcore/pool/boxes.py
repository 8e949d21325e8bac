"""Means and sums of a volume over boxes, exact to the last bits of double precision."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Reduction = Literal["mean", "sum"]


def box_values(
    volume: NDArray[np.generic], lower: NDArray[np.integer], upper: NDArray[np.integer], reduction: Reduction
) -> NDArray[np.float64]:
    """Reduce a volume over boxes, by cumulative sums: the time does not depend on the boxes' size.

    A mean lies within the range of the volume's values, whatever rounding does.

    Args:
        volume: (slices, rows, columns) of numbers or booleans.
        lower: (n, 3) first slice, row and column of each box.
        upper: (n, 3) slice, row and column after the last.
        reduction: ``mean`` or ``sum``.
    """
    values = volume.astype(np.float64)
    low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)
    if low == high:  # nothing to add up, and no rounding
        means = np.full(len(lower), low)
    else:
        total = np.zeros([length + 1 for length in values.shape])
        np.cumsum(values, axis=0, out=total[1:, 1:, 1:])
        np.cumsum(total[1:, 1:, 1:], axis=1, out=total[1:, 1:, 1:])
        np.cumsum(total[1:, 1:, 1:], axis=2, out=total[1:, 1:, 1:])
        sums = np.zeros(len(lower))
        for corner in range(8):
            ends = [upper if corner >> axis & 1 else lower for axis in range(3)]
            sign = -1 if bin(corner).count("1") % 2 == 0 else 1
            sums += sign * total[ends[0][:, 0], ends[1][:, 1], ends[2][:, 2]]
        means = np.clip(sums / _voxels(lower, upper), low, high)
    return means if reduction == "mean" else means * _voxels(lower, upper)


def _voxels(lower: NDArray[np.integer], upper: NDArray[np.integer]) -> NDArray[np.int64]:
    voxels: NDArray[np.int64] = np.prod(upper.astype(np.int64) - lower, axis=1)
    return voxels
