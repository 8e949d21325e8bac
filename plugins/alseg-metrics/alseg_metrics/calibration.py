"""Metrics of how far the predicted probabilities can be believed, each class against the rest.

Defined for every scan, whether a class is in it or not. Most of a scan is easy background, which counts in full, so
only figures of one dataset compare.
"""

import numpy as np
from numpy.typing import NDArray

from alcore import Options
from alseg_metrics.options import CalibrationErrorOptions


class Brier:
    """Brier score: the mean squared difference of probability and truth, in [0, 1]. Brier 1950."""

    def __init__(self, options: Options) -> None:
        self.options = options

    def from_probabilities(self, probabilities: NDArray[np.float32], truth: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return (foreground classes,) from arrays of (foreground classes, slices, height, width)."""
        n_classes = len(truth)
        scores: NDArray[np.float64] = np.square(probabilities - truth).reshape(n_classes, -1).mean(1, dtype=np.float64)
        return scores


class CalibrationError:
    """Expected calibration error: by bins of probability, the mean gap to the frequency of the class, in [0, 1].

    Bins have equal width and weigh by their number of voxels; a probability on an edge belongs to the bin above.
    Naeini et al. 2015; per class as in Nixon et al. 2019.
    """

    def __init__(self, options: CalibrationErrorOptions) -> None:
        self.bins = options.bins

    def from_probabilities(self, probabilities: NDArray[np.float32], truth: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return (foreground classes,) from arrays of (foreground classes, slices, height, width)."""
        return np.array([self._score_class(p.ravel(), t.ravel()) for p, t in zip(probabilities, truth, strict=True)])

    def _score_class(self, probability: NDArray[np.float32], truth: NDArray[np.bool_]) -> float:
        chosen = np.minimum((probability * self.bins).astype(np.intp), self.bins - 1)
        expected = np.bincount(chosen, weights=probability, minlength=self.bins)
        observed = np.bincount(chosen[truth], minlength=self.bins)
        return float(np.abs(expected - observed).sum() / truth.size)
