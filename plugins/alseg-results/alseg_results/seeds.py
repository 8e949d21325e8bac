"""How many seeds a difference needs, and how little is known of that from a few."""

import itertools
import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from alseg_results.pairs import ALPHA, seeds_needed

SEEN = 0.01
"""The difference for which the seeds needed are told."""

PLANNED = 0.8
"""One plans with the standard deviation that the true one is below with this probability."""


@dataclass(frozen=True)
class Seeds:
    """Seeds that a paired t-test at 5 % needs on a dataset to see a difference with a power of 80 %.

    Args:
        needed: if the standard deviation is as estimated.
        least: if it is at the lower end of its 95 % interval.
        most: if it is at the upper end.
        planned: if it is at its upper 80 % limit.
        deviation: the estimate: of the paired differences of two strategies; the middle one of all pairs.
        runs: paired runs that it comes from.
    """

    needed: int
    least: int
    most: int
    planned: int
    deviation: float
    runs: int


def seeds_to_see(difference: float, table: pd.DataFrame) -> Seeds | None:
    """The seeds that a true difference needs; None where no two strategies share two seeds on a dataset.

    The estimate of a standard deviation is uncertain by the chi-squared distribution of normal differences: from three
    runs the true one lies between 0.52 and 6.3 times the estimate (95 %).

    Args:
        difference: the true difference, not 0.
        table: a row per dataset and seed, a column per strategy.
    """
    spreads = sorted(_paired_spreads(table), key=lambda spread: spread.deviation)
    if not spreads:
        return None
    middle = spreads[(len(spreads) - 1) // 2]
    limits = [middle.limit(share) for share in (ALPHA / 2, 1 - ALPHA / 2, PLANNED)]
    least, most, planned = (seeds_needed(difference, deviation) for deviation in limits)
    return Seeds(seeds_needed(difference, middle.deviation), least, most, planned, middle.deviation, middle.runs)


@dataclass(frozen=True)
class _Spread:
    """Standard deviation of a pair's differences over shared seeds, and the paired runs and freedom behind it."""

    deviation: float
    runs: int
    freedom: int

    def limit(self, probability: float) -> float:
        """What the true standard deviation is below with this probability."""
        return self.deviation * math.sqrt(self.freedom / float(stats.chi2.ppf(1 - probability, self.freedom)))


def _paired_spreads(table: pd.DataFrame) -> list[_Spread]:
    """Of each pair, pooled over the datasets on which it shares two seeds."""
    spreads = []
    of_datasets = [group.to_numpy() for _, group in table.groupby(level="dataset")]
    for first, second in itertools.combinations(range(table.shape[1]), 2):
        differences = [values[:, first] - values[:, second] for values in of_datasets]
        known = [values[~np.isnan(values)] for values in differences]
        shared = [values for values in known if len(values) > 1]
        if shared:
            squares = sum(float(((values - values.mean()) ** 2).sum()) for values in shared)
            runs = sum(map(len, shared))
            freedom = runs - len(shared)
            spreads.append(_Spread(math.sqrt(squares / freedom), runs, freedom))
    return spreads
