"""Metrics of the overlap, from confusion counts of whole scans.

One rule for all: a ratio whose denominator is zero is not defined and is NaN, which averages leave out.
"""

from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import NDArray

from alcore import ConfusionCounts, Options


class CountRatio(ABC):
    """A metric that is the ratio of two counts."""

    def __init__(self, options: Options) -> None:
        self.options = options

    def from_counts(self, counts: ConfusionCounts) -> NDArray[np.float64]:
        """Return (scans, foreground classes), NaN where the denominator is zero."""
        numerator, denominator = self.parts(counts)
        quotient = np.full(denominator.shape, np.nan)
        np.divide(numerator, denominator, out=quotient, where=denominator != 0)
        return quotient

    @abstractmethod
    def parts(self, counts: ConfusionCounts) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return numerator and denominator, each (scans, foreground classes)."""


class Dice(CountRatio):
    """Dice similarity coefficient, 2 TP / (2 TP + FP + FN), without smoothing. Dice 1945.

    NaN where the class is in neither truth nor prediction; 0 where it is in only one of them.
    """

    def parts(self, counts: ConfusionCounts) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return twice the overlap and the sum of both volumes."""
        twice = 2 * counts.true_positive
        return twice, twice + counts.false_positive + counts.false_negative


class IoU(CountRatio):
    """Intersection over union, TP / (TP + FP + FN). Jaccard 1901.

    NaN where the class is in neither truth nor prediction; 0 where it is in only one of them.
    """

    def parts(self, counts: ConfusionCounts) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return intersection and union."""
        return counts.true_positive, counts.true_positive + counts.false_positive + counts.false_negative


class Sensitivity(CountRatio):
    """Share of the true region that is found, TP / (TP + FN); NaN where the class is not in the truth."""

    def parts(self, counts: ConfusionCounts) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return overlap and true volume."""
        return counts.true_positive, counts.true_positive + counts.false_negative


class Specificity(CountRatio):
    """Share of the other voxels that are left alone, TN / (TN + FP); NaN where the class fills the scan.

    Close to 1 for any small class, since most of a scan is background.
    """

    def parts(self, counts: ConfusionCounts) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return true negatives and all negatives."""
        return counts.true_negative, counts.true_negative + counts.false_positive


class Precision(CountRatio):
    """Share of the predicted region that is right, TP / (TP + FP); NaN where the class is not predicted."""

    def parts(self, counts: ConfusionCounts) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return overlap and predicted volume."""
        return counts.true_positive, counts.true_positive + counts.false_positive


class RelativeVolumeDifference(CountRatio):
    """Absolute difference of both volumes by the true one, abs(FP - FN) / (TP + FN); NaN where that is zero."""

    def parts(self, counts: ConfusionCounts) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return absolute volume difference and true volume."""
        difference = np.abs(counts.false_positive - counts.false_negative)
        return difference, counts.true_positive + counts.false_negative
