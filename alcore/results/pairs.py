"""Two strategies on the same data under the same seeds: differences, intervals, tests and effect sizes."""

import itertools
import warnings

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats
from statsmodels.stats.multitest import multipletests

LEAST_PAIRS = 3
"""Pairs of runs below which no test is made and no interval is given."""


def compare_pairs(table: pd.DataFrame, *, higher_is_better: bool = True) -> pd.DataFrame:
    """Compare every two strategies on the blocks that both have.

    Args:
        table: a row per block (dataset and seed), a column per strategy; NaN where a run is missing.
        higher_is_better: the direction of the values.

    Returns:
        A row per pair: ``first``, ``second``, ``pairs``; ``difference`` (mean of first less second) and ``std`` of it
        (of a sample); ``low`` and ``high``, the 95 % bootstrap confidence interval of the mean difference (BCa, 9999
        resamples, a fixed seed); ``p`` of the two-sided Wilcoxon signed-rank test, ``p_holm`` corrected over all pairs;
        ``effect``, the standardised difference (mean by standard deviation of the differences, Cohen's d_z); ``won``,
        the share of blocks on which first is better, a tie being half a win. Interval, tests and effect are NaN with
        fewer than three pairs; the effect is also NaN where all differences are equal.
    """
    rows = [_compare(first, second, table, higher_is_better) for first, second in itertools.combinations(table, 2)]
    columns = ["first", "second", "pairs", "difference", "std", "low", "high", "p", "effect", "won"]
    frame = pd.DataFrame(rows, columns=columns)
    tested = frame["p"].notna()
    frame["p_holm"] = np.nan
    if tested.any():
        frame.loc[tested, "p_holm"] = multipletests(frame.loc[tested, "p"], method="holm")[1]
    return frame


def _compare(first: str, second: str, table: pd.DataFrame, higher_is_better: bool) -> dict[str, object]:
    difference = (table[first] - table[second]).dropna().to_numpy(dtype=np.float64)
    row: dict[str, object] = {"first": first, "second": second, "pairs": len(difference)}
    if len(difference):
        better = difference > 0 if higher_is_better else difference < 0
        row |= {"difference": difference.mean(), "won": float(np.mean(better + 0.5 * (difference == 0)))}
    if len(difference) >= 2:
        row["std"] = difference.std(ddof=1)
    if len(difference) >= LEAST_PAIRS:
        low, high = _interval(difference)
        row |= {"low": low, "high": high, "p": _wilcoxon(difference), "effect": _effect(difference)}
    return row


def _wilcoxon(difference: NDArray[np.float64]) -> float:
    """The p-value; 1 where no block differs, for which the test is not defined."""
    if not difference.any():
        return 1.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # few pairs: the page of the results says what that means
        return float(stats.wilcoxon(difference).pvalue)


def _interval(difference: NDArray[np.float64]) -> tuple[float, float]:
    if np.ptp(difference) == 0:
        return float(difference[0]), float(difference[0])
    interval = stats.bootstrap((difference,), np.mean, method="BCa", rng=np.random.default_rng(0)).confidence_interval
    return float(interval.low), float(interval.high)


def _effect(difference: NDArray[np.float64]) -> float:
    deviation = float(difference.std(ddof=1))
    return float(difference.mean() / deviation) if np.ptp(difference) else float("nan")
