"""Metrics of the size of a region."""

import math

import numpy as np
from numpy.typing import NDArray

from alcore import Options

_MM3_PER_ML = 1000.0


class VolumeDifference:
    """Absolute difference of predicted and true volume in millilitres.

    NaN where the class is in neither truth nor prediction.
    """

    def __init__(self, options: Options) -> None:
        self.options = options

    def from_volume(
        self, prediction: NDArray[np.bool_], truth: NDArray[np.bool_], spacing: tuple[float, float, float]
    ) -> NDArray[np.float64]:
        """Return (foreground classes,) from masks of (foreground classes, slices, height, width)."""
        predicted, true = (np.count_nonzero(masks, axis=(1, 2, 3)) for masks in (prediction, truth))
        difference = np.abs(predicted - true) * math.prod(spacing) / _MM3_PER_ML
        return np.where((predicted == 0) & (true == 0), np.nan, difference)
