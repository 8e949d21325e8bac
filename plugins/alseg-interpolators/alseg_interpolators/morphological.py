"""Morphological contour interpolation by ITK.

ITK takes seconds to import and holds the GIL while it computes: it is imported with the first fill, and whoever fills
many blocks should do so in processes.
"""

from typing import Any

import numpy as np
from scipy.ndimage import distance_transform_edt

from alseg_interpolators.classes import Depth, Labels, Mask, fill_classes
from alseg_interpolators.plugin import MorphologicalContourOptions

SLICE_AXIS = 2
"""The first numpy axis in ITK's order."""


class MorphologicalContour:
    """ITK's morphological contour interpolation, each class on its own.

    Depth inside a filled contour, which settles what two classes claim, is its Euclidean distance transform.
    Zukic et al. 2016; Burmeister et al. 2022, section 3.
    """

    def __init__(self, options: MorphologicalContourOptions) -> None:
        self.options = options

    def fill(self, first: Labels, last: Labels, n_between: int) -> Labels | None:
        """Return (n_between, *first.shape), or None where a class does not overlap or ITK gives nothing for it."""
        return fill_classes(first, last, n_between, self._fill_mask)

    def _fill_mask(self, first: Mask, last: Mask, n_between: int) -> Depth | None:
        masks = interpolate_contours(first, last, n_between)
        if not masks.any() and self.options.empty_fill == "fail":
            return None
        return np.stack([np.asarray(distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1]) for mask in masks])


def interpolate_contours(first: Mask, last: Mask, n_between: int) -> Mask:
    """Return (n_between, height, width): ITK's contours between two masks."""
    import itk

    block = np.zeros((n_between + 2, *first.shape), np.uint8)
    block[0], block[-1] = first, last
    filled: Any = itk.morphological_contour_interpolator(itk.image_from_array(block), axis=SLICE_AXIS)
    return np.asarray(itk.array_from_image(filled)[1:-1] > 0)
