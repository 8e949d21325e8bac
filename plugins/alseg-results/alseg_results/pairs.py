"""Two strategies on the same data under the same seeds: differences, intervals, tests, effect sizes, seeds needed."""

import itertools
import math
import warnings

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import integrate, stats
from statsmodels.stats.multitest import multipletests

ALPHA, POWER = 0.05, 0.8
LEAST_PAIRS = 3
"""Pairs of runs below which no test is made and no interval is given."""


def compare_pairs(table: pd.DataFrame, *, higher_is_better: bool = True) -> pd.DataFrame:
    """Compare every two strategies on the blocks that both have.

    Args:
        table: a row per block (dataset and seed), a column per strategy; NaN where a run is missing.
        higher_is_better: the direction of the values.

    Returns:
        A row per pair: ``first``, ``second``, ``pairs``; ``difference`` (mean of first less second) and ``std`` of it
        (of a sample); ``low`` and ``high``, the 95 % t interval of the mean difference; ``p`` of the two-sided
        Wilcoxon signed-rank test, ``p_holm`` corrected over all pairs; ``effect``, the standardised difference (mean
        by standard deviation of the differences, Cohen's d_z); ``won``, the share of blocks on which first is better,
        a tie being half a win. Interval, tests and effect are NaN with fewer than three pairs; the effect is also NaN
        where all differences are equal.
    """
    rows = [_compare(first, second, table, higher_is_better) for first, second in itertools.combinations(table, 2)]
    columns = ["first", "second", "pairs", "difference", "std", "low", "high", "p", "effect", "won"]
    frame = pd.DataFrame(rows, columns=columns)
    tested = frame["p"].notna()
    frame["p_holm"] = np.nan
    if tested.any():
        frame.loc[tested, "p_holm"] = multipletests(frame.loc[tested, "p"], method="holm")[1]
    return frame


def t_interval(difference: NDArray[np.float64]) -> tuple[float, float]:
    """The 95 % t interval of the mean of two or more differences.

    It holds the true mean in 95 of 100 samples where differences are normal, however few they are.
    ``benchmarks/interval_coverage.py`` prints what it covers where they are not, beside the bootstrap.
    """
    margin = float(stats.t.ppf(1 - ALPHA / 2, len(difference) - 1) * stats.sem(difference))
    return float(difference.mean()) - margin, float(difference.mean()) + margin


def seeds_needed(difference: float, std: float) -> int:
    """Pairs of runs that a paired two-sided t-test at 5 % needs to see ``difference`` with a power of 80 %.

    Args:
        difference: the true mean difference, not 0.
        std: standard deviation of paired differences.

    Returns:
        At least 2, the fewest that have a t-test.
    """
    if std == 0:
        return 2
    effect = abs(difference) / std
    # Known deviations would need so many; that they are estimated costs two or three more.
    enough = max(2, math.ceil(float((stats.norm.isf(ALPHA / 2) + stats.norm.ppf(POWER)) / effect) ** 2))
    while _power(enough, effect) < POWER:
        enough += 1
    while enough > 2 and _power(enough - 1, effect) >= POWER:
        enough -= 1
    return enough


def _power(pairs: int, effect: float) -> float:
    """Power of the test: the normal tails given the estimated deviation, averaged over its chi distribution.

    The noncentral t distribution of scipy is NaN for the large effects of a few pairs.
    """
    freedom, shift = pairs - 1, effect * math.sqrt(pairs)
    critical = float(stats.t.isf(ALPHA / 2, freedom))
    deviation = stats.chi(freedom, scale=1 / math.sqrt(freedom))

    def weighted(s: float) -> float:
        tails = stats.norm.sf(critical * s - shift) + stats.norm.cdf(-critical * s - shift)
        return float(tails * deviation.pdf(s))

    low, high = float(deviation.ppf(1e-12)), float(deviation.isf(1e-12))
    turn = min(max(shift / critical, low), high)
    return float(sum(integrate.quad(weighted, *ends, limit=200)[0] for ends in ((low, turn), (turn, high))))


def _compare(first: str, second: str, table: pd.DataFrame, higher_is_better: bool) -> dict[str, object]:
    difference = (table[first] - table[second]).dropna().to_numpy(dtype=np.float64)
    row: dict[str, object] = {"first": first, "second": second, "pairs": len(difference)}
    if len(difference):
        better = difference > 0 if higher_is_better else difference < 0
        row |= {"difference": difference.mean(), "won": float(np.mean(better + 0.5 * (difference == 0)))}
    if len(difference) >= 2:
        row["std"] = difference.std(ddof=1)
    if len(difference) >= LEAST_PAIRS:
        low, high = t_interval(difference)
        row |= {"low": low, "high": high, "p": wilcoxon_p(difference), "effect": _effect(difference)}
    return row


def wilcoxon_p(difference: NDArray[np.float64]) -> float:
    """The p-value of the two-sided Wilcoxon signed-rank test; 1 where no block differs: there it is not defined."""
    if not difference.any():
        return 1.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # few pairs: the page of the results says what that means
        return float(stats.wilcoxon(difference).pvalue)


def _effect(difference: NDArray[np.float64]) -> float:
    deviation = float(difference.std(ddof=1))
    return float(difference.mean() / deviation) if np.ptp(difference) else float("nan")
