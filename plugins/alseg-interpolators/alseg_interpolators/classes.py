"""From an interpolator of one mask to one of labels: the classes separately, then one label per pixel."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from alcore import IGNORED

Labels = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Depth = NDArray[np.float64]

FillMask = Callable[[Mask, Mask, int], Depth | None]
"""Maps two overlapping (height, width) masks and the number n of slices between them to depths (n, height, width).

A pixel is inside where its depth is above 0; a larger depth is farther from the contour. None where it fails.
"""


def fill_classes(
    first: Labels, last: Labels, n_between: int, fill_mask: FillMask, *, later_wins: bool = False
) -> Labels | None:
    """Interpolate each class on its own and give a pixel that several classes claim to the one of the largest depth.

    Ties go to the lower class number, unless ``later_wins``. Pixels that either slice ignores are ignored in
    between. Multi-label classes do not compete.

    Args:
        first: (height, width), or (classes, height, width) for multi-label data.
        last: of the same shape.
        n_between: slices between them, at least 1.
        fill_mask: interpolates one mask.
        later_wins: ties go to the higher class number.

    Returns:
        (n_between, *first.shape), or None where a class that is present in one slice does not overlap in the other,
        or where ``fill_mask`` fails.
    """
    filled = np.zeros((n_between, *first.shape), np.uint8)
    if first.ndim == 3:
        for number in range(len(first)):
            depth = _fill_class(first[number] == 1, last[number] == 1, n_between, fill_mask)
            if depth is None:
                return None
            filled[:, number] = depth > 0
    else:
        deepest = np.zeros(filled.shape)
        present = np.union1d(first, last)
        for number in present[(present != 0) & (present != IGNORED)]:
            depth = _fill_class(first == number, last == number, n_between, fill_mask)
            if depth is None:
                return None
            filled[(depth >= deepest) & (depth > 0) if later_wins else depth > deepest] = number
            np.maximum(deepest, depth, out=deepest)
    filled[:, (first == IGNORED) | (last == IGNORED)] = IGNORED
    return filled


def _fill_class(first: Mask, last: Mask, n_between: int, fill_mask: FillMask) -> Depth | None:
    depth = np.zeros((n_between, *first.shape))
    either = first | last
    if not either.any():
        return depth
    if not (first & last).any():
        return None
    box = _bounding_box(either)
    inner = fill_mask(first[box], last[box], n_between)
    if inner is None:
        return None
    depth[:, *box] = np.maximum(inner, 0)
    return depth


def _bounding_box(mask: Mask) -> tuple[slice, slice]:
    """The box of a mask and a rim of one pixel, cut at the border: no distance inside the mask changes by cropping."""
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    return slice(max(rows[0] - 1, 0), rows[-1] + 2), slice(max(columns[0] - 1, 0), columns[-1] + 2)
