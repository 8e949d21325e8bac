"""Mean ranks of strategies over blocks, Friedman's test, and which ranks differ."""

import math
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import stats

LEAST_BLOCKS = 3
LEAST_STRATEGIES = 3
"""Friedman's test compares three or more; two are a pair."""

LEAST_DATASETS = 5
"""Datasets from which each counts once, its seeds averaged first."""


@dataclass(frozen=True)
class Ranking:
    """Ranks of strategies.

    Args:
        mean_ranks: by strategy, best (lowest) first; ties share their mean rank.
        blocks: what all strategies have: pairs of dataset and seed, or datasets.
        over_datasets: whether each dataset counts once, its seeds averaged.
        extremes: by strategy, ``lowest`` and ``highest`` mean rank when each seed is left out in turn; None where
            there is one seed.
        statistic: Friedman's chi-squared; None where it is not tested.
        p: its p-value.
        posthoc: p-values of the Nemenyi test between strategies; None where it is not tested.
    """

    mean_ranks: pd.Series
    blocks: int
    over_datasets: bool = False
    extremes: pd.DataFrame | None = None
    statistic: float | None = None
    p: float | None = None
    posthoc: pd.DataFrame | None = None

    @property
    def best(self) -> list[str]:
        """Those of the best mean rank: more than one where they share it."""
        return [name for name, value in self.mean_ranks.items() if math.isclose(value, self.mean_ranks.iloc[0])]


def rank(table: pd.DataFrame, *, higher_is_better: bool = True) -> Ranking | None:
    """Rank strategies within each block and test whether they differ; Demšar 2006, section 3.2.2.

    With five datasets or more each is one block, its seeds averaged; with fewer, a block is a dataset and seed.

    Args:
        table: a row per dataset and seed, a column per strategy; where one lacks a run, the row does not count.
        higher_is_better: the direction of the values.

    Returns:
        The ranking; None where no block has every strategy. The tests need three blocks and three strategies.
    """
    whole = table.dropna()
    if whole.empty:
        return None
    over_datasets = whole.index.get_level_values("dataset").nunique() >= LEAST_DATASETS
    blocks = _blocks(whole, over_datasets)
    ranking = Ranking(
        _mean_ranks(blocks, higher_is_better).sort_values(),
        len(blocks),
        over_datasets,
        _without_each_seed(whole, over_datasets, higher_is_better),
    )
    if len(blocks) < LEAST_BLOCKS or blocks.shape[1] < LEAST_STRATEGIES or (blocks.nunique(axis=1) == 1).all():
        return ranking
    statistic, p = stats.friedmanchisquare(*(blocks[name] for name in blocks))
    posthoc = nemenyi(ranking.mean_ranks[blocks.columns], len(blocks))
    return replace(ranking, statistic=float(statistic), p=float(p), posthoc=posthoc)


def _blocks(table: pd.DataFrame, over_datasets: bool) -> pd.DataFrame:
    return table.groupby(level="dataset").mean() if over_datasets else table


def _mean_ranks(blocks: pd.DataFrame, higher_is_better: bool) -> pd.Series:
    return blocks.rank(axis=1, ascending=not higher_is_better).mean()


def _without_each_seed(table: pd.DataFrame, over_datasets: bool, higher_is_better: bool) -> pd.DataFrame | None:
    """The lowest and highest mean rank of each strategy when each seed is left out in turn."""
    seeds = table.index.get_level_values("seed")
    if seeds.nunique() < 2:
        return None
    ranks = [_mean_ranks(_blocks(table[seeds != seed], over_datasets), higher_is_better) for seed in seeds.unique()]
    left = pd.concat(ranks, axis=1)
    return pd.DataFrame({"lowest": left.min(axis=1), "highest": left.max(axis=1)})


def critical_difference(count: int, blocks: int, alpha: float = 0.05) -> float:
    """The difference of two mean ranks from which Nemenyi's test tells them apart; Demšar 2006, section 3.2.2.

    Args:
        count: strategies.
        blocks: over which they were ranked.
        alpha: the level.
    """
    q = stats.studentized_range.ppf(1 - alpha, count, np.inf) / np.sqrt(2)
    return float(q * np.sqrt(count * (count + 1) / (6 * blocks)))


def not_told_apart(mean_ranks: pd.Series, difference: float) -> list[list[str]]:
    """The largest groups of two or more strategies whose mean ranks differ by less than ``difference``.

    Args:
        mean_ranks: by strategy, best first.
        difference: see :func:`critical_difference`.
    """
    groups: list[list[str]] = []
    for start, low in enumerate(mean_ranks):
        group = [str(name) for name, value in mean_ranks.iloc[start:].items() if value - low < difference]
        if len(group) > 1 and not (groups and set(group) <= set(groups[-1])):
            groups.append(group)
    return groups


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
