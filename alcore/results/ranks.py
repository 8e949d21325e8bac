"""Mean ranks of strategies over blocks, Friedman's test, and which ranks differ."""

from dataclasses import dataclass

import pandas as pd
import scikit_posthocs
from scipy import stats

LEAST_BLOCKS = 3
LEAST_STRATEGIES = 3
"""Friedman's test compares three or more; two are a pair."""


@dataclass(frozen=True)
class Ranking:
    """Ranks of strategies.

    Args:
        mean_ranks: by strategy, best (lowest) first; ties share their mean rank.
        blocks: datasets and seeds that all strategies have.
        statistic: Friedman's chi-squared; None where it is not tested.
        p: its p-value.
        posthoc: p-values of the Nemenyi test between strategies; None where it is not tested.
    """

    mean_ranks: pd.Series
    blocks: int
    statistic: float | None = None
    p: float | None = None
    posthoc: pd.DataFrame | None = None


def rank(table: pd.DataFrame, *, higher_is_better: bool = True) -> Ranking | None:
    """Rank strategies within each block and test whether they differ; Demšar 2006, section 3.2.2.

    Args:
        table: a row per block (dataset and seed), a column per strategy; blocks with a missing run do not count.
        higher_is_better: the direction of the values.

    Returns:
        The ranking; None where no block has every strategy. The tests need three blocks and three strategies.
    """
    whole = table.dropna()
    if whole.empty:
        return None
    mean_ranks = whole.rank(axis=1, ascending=not higher_is_better).mean().sort_values()
    if len(whole) < LEAST_BLOCKS or whole.shape[1] < LEAST_STRATEGIES or (whole.nunique(axis=1) == 1).all():
        return Ranking(mean_ranks, len(whole))
    statistic, p = stats.friedmanchisquare(*(whole[name] for name in whole))
    posthoc = scikit_posthocs.posthoc_nemenyi_friedman(whole.to_numpy())
    posthoc.index = posthoc.columns = whole.columns
    return Ranking(mean_ranks, len(whole), float(statistic), float(p), posthoc)
