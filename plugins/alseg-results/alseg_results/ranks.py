"""Mean ranks of strategies over blocks, Friedman's test, and which ranks differ."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
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

    @property
    def best(self) -> list[str]:
        """Those of the best mean rank: more than one where they share it."""
        return [name for name, value in self.mean_ranks.items() if math.isclose(value, self.mean_ranks.iloc[0])]


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
    return Ranking(mean_ranks, len(whole), float(statistic), float(p), nemenyi(mean_ranks[whole.columns], len(whole)))


def nemenyi(mean_ranks: pd.Series, blocks: int) -> pd.DataFrame:
    """P-values of Nemenyi's test between every two of ``k`` mean ranks over ``blocks``; Demšar 2006, section 3.2.2.

    The difference of two ranks by ``sqrt(k (k + 1) / (6 blocks))``, times ``sqrt(2)``, is held against the studentised
    range of ``k`` groups with infinitely many degrees of freedom.
    """
    k = len(mean_ranks)
    ranks = mean_ranks.to_numpy()
    apart = np.abs(ranks[:, None] - ranks[None, :]) / np.sqrt(k * (k + 1) / (6 * blocks))
    p = stats.studentized_range.sf(apart * np.sqrt(2), k, np.inf)
    return pd.DataFrame(p, index=mean_ranks.index, columns=mean_ranks.index)
