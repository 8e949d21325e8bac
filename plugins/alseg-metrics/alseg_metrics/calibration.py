"""Metrics of how far the predicted probabilities can be believed, each class against the rest.

Defined for every scan, whether a class is in it or not, and NaN only where none of its voxels is annotated for the
class; voxels that are not count nowhere. Most of a scan is easy background, which counts in full, so only figures of
one dataset compare.
"""

from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import NDArray

from alcore import Options
from alseg_metrics.options import CalibrationErrorOptions


class VoxelwiseMetric(ABC):
    """A metric of the annotated voxels of a class, wherever they lie."""

    def from_probabilities(
        self, probabilities: NDArray[np.float32], truth: NDArray[np.bool_], counted: NDArray[np.bool_]
    ) -> NDArray[np.float64]:
        """Return (foreground classes,) from arrays of (foreground classes, slices, height, width)."""
        classes = zip(probabilities, truth, counted, strict=True)
        return np.array([self.score_class(p[c], t[c]) if c.any() else np.nan for p, t, c in classes])

    @abstractmethod
    def score_class(self, probability: NDArray[np.float32], truth: NDArray[np.bool_]) -> float:
        """Return the score of one class from its counted voxels, (voxels,) each, at least one."""


class Brier(VoxelwiseMetric):
    """Brier score: the mean squared difference of probability and truth, in [0, 1]. Brier 1950."""

    def __init__(self, options: Options) -> None:
        self.options = options

    def score_class(self, probability: NDArray[np.float32], truth: NDArray[np.bool_]) -> float:
        """Return the mean squared difference."""
        return float(np.square(probability - truth).mean(dtype=np.float64))


class CalibrationError(VoxelwiseMetric):
    """Expected calibration error: by bins of probability, the mean gap to the frequency of the class, in [0, 1].

    Bins have equal width and weigh by their number of voxels; a probability on an edge belongs to the bin above.
    Naeini et al. 2015; per class as in Nixon et al. 2019.
    """

    def __init__(self, options: CalibrationErrorOptions) -> None:
        self.bins = options.bins

    def score_class(self, probability: NDArray[np.float32], truth: NDArray[np.bool_]) -> float:
        """Return the gaps of all bins, weighed by their share of the voxels."""
        chosen = np.minimum((probability * self.bins).astype(np.intp), self.bins - 1)
        expected = np.bincount(chosen, weights=probability, minlength=self.bins)
        observed = np.bincount(chosen[truth], minlength=self.bins)
        return float(np.abs(expected - observed).sum() / truth.size)
