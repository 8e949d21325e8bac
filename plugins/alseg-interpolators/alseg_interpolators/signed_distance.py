"""Shape-based interpolation by signed distances."""

import numpy as np
from scipy.ndimage import distance_transform_edt

from alseg_interpolators.classes import Depth, Labels, Mask, fill_classes
from alseg_interpolators.plugin import SignedDistanceOptions


class SignedDistance:
    """Linear interpolation between two signed distance maps.

    For each class d(x) = edt(x) - edt(1 - x) + 0.5 in pixels, with edt the Euclidean distance to the nearest zero.
    Slice k of n between has (1 - t) d(first) + t d(last) with t = k / (n + 1), and is foreground where that is
    positive: the same, bit for bit, from either end. The option ``inside`` also offers what the paper's code did.
    Raya and Udupa 1990; Burmeister et al. 2022, section 3.
    """

    def __init__(self, options: SignedDistanceOptions) -> None:
        self.options = options

    def fill(self, first: Labels, last: Labels, n_between: int) -> Labels | None:
        """Return (n_between, *first.shape), or None where a class of one slice does not overlap in the other."""
        if self.options.inside == "paper-code":
            return fill_classes(first, last, n_between, _from_zero, later_wins=True)
        return fill_classes(first, last, n_between, interpolate_distances)


def interpolate_distances(first: Mask, last: Mask, n_between: int) -> Depth:
    """Return (n_between, height, width): the signed distances between those of two masks."""
    steps = np.arange(1, n_between + 1)[:, None, None]
    # Whole weights, divided at the end, are the same from either end; 1 - t and t are not, by rounding.
    whole = (n_between + 1 - steps) * signed_distance(first) + steps * signed_distance(last)
    return np.asarray(whole / (n_between + 1))


def _from_zero(first: Mask, last: Mask, n_between: int) -> Depth:
    """Return 1.0 where the paper's code is inside, 0.0 elsewhere."""
    return np.asarray(interpolate_distances(first, last, n_between) >= 0, np.float64)


def signed_distance(mask: Mask) -> Depth:
    """Return edt(mask) - edt(1 - mask) + 0.5; a mask that fills its slice has its contour just outside the border."""
    if mask.all():
        inside = distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1]
        return np.asarray(inside + 0.5)
    return np.asarray(distance_transform_edt(mask) - distance_transform_edt(~mask) + 0.5)
