"""The difference to the control by budget, with a band that holds for all rounds at once."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from alseg_results.pairs import ALPHA

LEAST_SEEDS = 4
"""Shared seeds from which there is a band: with three it would be thirty standard errors wide to either side."""

COLUMNS = ["dataset", "strategy", "round", "labelled", "seeds", "difference", "low", "high"]


def differences_by_round(scores: pd.DataFrame, control: str) -> pd.DataFrame:
    """The mean paired difference of each strategy to the control, round by round.

    Args:
        scores: one metric on one split for one class, as :func:`alseg_results.measure.select` returns it.
        control: the strategy that the others are held against.

    Returns:
        A row per dataset, other strategy and round in which every shared seed of both has a score: ``dataset``,
        ``strategy``, ``round``, ``labelled`` (slices, mean over seeds), ``seeds`` (shared), ``difference`` (strategy
        less control), ``low`` and ``high``, see :func:`band`; NaN with fewer than four shared seeds.
    """
    rows: list[tuple[object, ...]] = []
    for dataset, group in scores.groupby("dataset", sort=False):
        tables = {
            name: one.pivot_table(index="seed", columns="round", values="value")
            for name, one in group.groupby("strategy", sort=False)
        }
        labelled = group.groupby(["strategy", "round"])["labelled"].mean()
        if control not in tables:
            continue
        for name, table in tables.items():
            if name != control:
                difference = (table - tables[control]).dropna(how="all").dropna(axis=1)
                low, high = band(difference.to_numpy(dtype=np.float64))
                mean = difference.mean()
                rows += [
                    (dataset, name, number, labelled[name, number], len(difference), mean[number], *ends)
                    for number, *ends in zip(difference.columns, low, high, strict=True)
                ]
    return pd.DataFrame(rows, columns=COLUMNS)


def band(differences: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The ends of t intervals of the means in every round, which in 95 of 100 samples hold all true means at once.

    By Bonferroni's inequality each has the level 1 - 0.05 / rounds. A round in which all seeds have one difference, as
    round 0 that strategies share, has no width and counts for none. The bootstrap of the largest t is no narrower while
    seeds are few, and multivariate t from the estimated correlation does not hold what it says
    (``benchmarks/interval_coverage.py``).

    Args:
        differences: (seeds, rounds).
    """
    seeds, mean = len(differences), differences.mean(axis=0) if len(differences) else differences.sum(axis=0)
    if seeds < LEAST_SEEDS:
        nothing = np.full(differences.shape[1], np.nan)
        return nothing, nothing
    error = np.where(np.ptp(differences, axis=0) > 0, stats.sem(differences, axis=0), 0.0)
    rounds = max(int((error > 0).sum()), 1)
    margin = stats.t.isf(ALPHA / (2 * rounds), seeds - 1) * error
    return mean - margin, mean + margin
