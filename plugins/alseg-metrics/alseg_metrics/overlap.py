"""Metrics of the overlap, from confusion counts of whole scans.

One rule for all: a ratio whose denominator is zero is not defined and is NaN, which averages leave out.
"""

import numpy as np
from numpy.typing import NDArray

from alcore import ConfusionCounts, Options


class Dice:
    """Dice similarity coefficient, 2 TP / (2 TP + FP + FN), without smoothing.

    NaN where the class is in neither truth nor prediction; 0 where it is in only one of them. Dice 1945.
    """

    def __init__(self, options: Options) -> None:
        pass

    def from_counts(self, counts: ConfusionCounts) -> NDArray[np.float64]:
        """Return (scans, foreground classes) in [0, 1]."""
        return ratio(2 * counts.true_positive, 2 * counts.true_positive + counts.false_positive + counts.false_negative)


def ratio(numerator: NDArray[np.int64], denominator: NDArray[np.int64]) -> NDArray[np.float64]:
    """The element-wise quotient, NaN where the denominator is zero."""
    quotient = np.full(np.shape(denominator), np.nan)
    np.divide(numerator, denominator, out=quotient, where=denominator != 0)
    return quotient
