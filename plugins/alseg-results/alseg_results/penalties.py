"""The pairwise penalty matrix: how often one strategy beats another."""

import itertools
import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats
from statsmodels.stats.multitest import multipletests

from alseg_results.pairs import ALPHA

LEAST_SEEDS = 3
"""Seeds that two strategies must share on a dataset to be tested there."""


def penalty_matrices(
    scores: pd.DataFrame, strategies: Sequence[str], *, higher_is_better: bool = True
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Count in how many datasets each strategy beats each other, a dataset counting by the share of its rounds.

    In each round after the first (which all strategies share) a paired two-sided t-test over seeds is made; where it is
    significant at 5 %, the better strategy gets 1 / rounds against the other. Ash et al. 2020, "Deep batch active
    learning by diverse, uncertain gradient lower bounds", section 4, pairwise comparisons.

    Args:
        scores: one metric on one split for one class, as :func:`alseg_results.curves.select` returns it.
        strategies: what to compare, in order.
        higher_is_better: the metric's direction.

    Returns:
        The matrix as published, and one for which the tests of a dataset (all pairs and rounds together) are corrected
        by Holm's method, as Lüth et al. 2025 do. Row beats column; from 0 to the number of datasets. Pairs with fewer
        than three common seeds on every dataset are NaN, and so is the diagonal.
    """
    plain, holm = (pd.DataFrame(np.nan, index=list(strategies), columns=list(strategies)) for _ in range(2))
    for _, of_dataset in scores.groupby("dataset", sort=False):
        by_strategy = {
            name: group.pivot_table(index="round", columns="seed", values="value")
            for name, group in of_dataset.groupby("strategy", sort=False)
        }
        tests = {
            pair: _test_rounds(by_strategy[pair[0]], by_strategy[pair[1]])
            for pair in itertools.combinations([name for name in strategies if name in by_strategy], 2)
        }
        tests = {pair: test for pair, test in tests.items() if len(test[0])}
        if not tests:
            continue
        p_values = np.concatenate([p for p, _ in tests.values()])
        differences = {pair: difference if higher_is_better else -difference for pair, (_, difference) in tests.items()}
        _add_wins(plain, differences, p_values < ALPHA)
        _add_wins(holm, differences, multipletests(p_values, ALPHA, method="holm")[0])
    return plain, holm


def _add_wins(
    wins: pd.DataFrame, differences: dict[tuple[str, str], NDArray[np.float64]], significant: NDArray[np.bool_]
) -> None:
    """Add the share of a dataset's rounds that each won; ``significant`` holds the rounds of one pair after another."""
    ends = np.cumsum([len(difference) for difference in differences.values()])
    for ((first, second), difference), end in zip(differences.items(), ends, strict=True):
        told = significant[end - len(difference) : end]
        for row, column, won in ((first, second, difference > 0), (second, first, difference < 0)):
            before = wins.loc[row, column]
            wins.loc[row, column] = (0.0 if np.isnan(before) else before) + float((told & won).mean())


def _test_rounds(first: pd.DataFrame, second: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Test each common round after round 0 over common seeds; p-values and mean differences, none if seeds are few."""
    seeds = first.columns.intersection(second.columns)
    rounds = first.index.intersection(second.index)
    rounds = rounds[rounds > 0]
    one, other = (part.reindex(index=rounds, columns=seeds).to_numpy() for part in (first, second))
    kept = ~np.isnan(one - other).any(axis=1)
    if len(seeds) < LEAST_SEEDS or not kept.any():
        return np.empty(0), np.empty(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # differences that are all equal
        p_values = stats.ttest_rel(one[kept], other[kept], axis=1).pvalue
    return np.nan_to_num(p_values, nan=1.0), (one - other)[kept].mean(axis=1)
