"""The pairwise penalty matrix: how often one strategy beats another."""

import itertools
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats
from statsmodels.stats.multitest import multipletests

from alseg_results.pairs import ALPHA

LEAST_SEEDS = 3
"""Seeds that two strategies must share on a dataset to be tested there."""

CUT = 0.99
"""Share of the control's last score from which rounds are not counted where they are cut."""

Pair = tuple[str, str]


@dataclass(frozen=True)
class PenaltyRounds:
    """Which rounds after round 0 count.

    Args:
        thinned: rounds 1, 2, 4, 8 ... alone: neighbours say much the same, and each costs a test.
        cut_by: the strategy whose curve ends the count: rounds from the first in which its mean score has 99 % of its
            last are left out, as all are equal there; None counts them.
    """

    thinned: bool = False
    cut_by: str | None = None


ALL_ROUNDS = PenaltyRounds()


@dataclass(frozen=True)
class Silenced:
    """A dataset on which Holm's correction lets no difference through.

    Args:
        dataset: its name.
        tests: how many there are.
        seeds: of a test, at most.
        needed: absolute t above which the smallest p-value passes the first step.
        largest: the largest absolute t there is.
    """

    dataset: str
    tests: int
    seeds: int
    needed: float
    largest: float


@dataclass(frozen=True)
class Penalties:
    """Penalty matrices: row beats column, from 0 to the number of datasets; NaN where two were never tested.

    Args:
        plain: as published.
        holm: the tests of a dataset (all pairs and rounds together) corrected by Holm's method.
        silenced: datasets on which some round is significant alone, and none is after the correction.
    """

    plain: pd.DataFrame
    holm: pd.DataFrame
    silenced: tuple[Silenced, ...] = ()


@dataclass(frozen=True)
class _Tests:
    """The tests of a pair in each counted round: t, p and mean difference; and the seeds of each."""

    t: NDArray[np.float64]
    p: NDArray[np.float64]
    difference: NDArray[np.float64]
    seeds: int


def penalty_matrices(
    scores: pd.DataFrame,
    strategies: Sequence[str],
    *,
    higher_is_better: bool = True,
    rounds: PenaltyRounds = ALL_ROUNDS,
) -> Penalties:
    """Count in how many datasets each strategy beats each other, a dataset counting by the share of its rounds.

    In each round after the first (which all strategies share) a paired two-sided t-test over seeds is made; where it is
    significant at 5 %, the better strategy gets 1 / rounds against the other. Ash et al. 2020, "Deep batch active
    learning by diverse, uncertain gradient lower bounds", section 4, pairwise comparisons. Lüth et al. 2025 correct all
    tests of a dataset together by Holm's method.

    Args:
        scores: one metric on one split for one class, as :func:`alseg_results.measure.select` returns it.
        strategies: what to compare, in order.
        higher_is_better: the metric's direction.
        rounds: which rounds count; all after round 0 by default.

    Returns:
        The matrices. Pairs with fewer than three common seeds on every dataset are NaN, and so is the diagonal.
    """
    plain, holm = (pd.DataFrame(np.nan, index=list(strategies), columns=list(strategies)) for _ in range(2))
    silenced: list[Silenced] = []
    for dataset, of_dataset in scores.groupby("dataset", sort=False):
        by_strategy = {
            str(name): group.pivot_table(index="round", columns="seed", values="value")
            for name, group in of_dataset.groupby("strategy", sort=False)
        }
        counted = _counted(by_strategy, rounds, higher_is_better)
        pairs = itertools.combinations([name for name in strategies if name in by_strategy], 2)
        found = ((pair, _tested(by_strategy[pair[0]], by_strategy[pair[1]], counted)) for pair in pairs)
        tests = {pair: test for pair, test in found if test is not None}
        if not tests:
            continue
        p_values = np.concatenate([test.p for test in tests.values()])
        corrected = multipletests(p_values, ALPHA, method="holm")[0]
        _add_wins(plain, tests, p_values < ALPHA, higher_is_better)
        _add_wins(holm, tests, corrected, higher_is_better)
        silenced += _silenced(str(dataset), list(tests.values()), p_values, corrected)
    return Penalties(plain, holm, tuple(silenced))


def _counted(by_strategy: dict[str, pd.DataFrame], rounds: PenaltyRounds, higher_is_better: bool) -> set[int]:
    """The numbers of the rounds that count on a dataset."""
    numbers = sorted({int(number) for table in by_strategy.values() for number in table.index if number > 0})
    if rounds.cut_by in by_strategy:
        mean = by_strategy[rounds.cut_by].mean(axis=1).dropna()
        last = float(mean.iloc[-1]) if len(mean) else float("nan")
        near = mean[mean >= CUT * last] if higher_is_better else mean[mean <= last / CUT]
        numbers = [number for number in numbers if not len(near) or number < near.index[0]]
    return {number for number in numbers if not rounds.thinned or number & (number - 1) == 0}


def _add_wins(
    wins: pd.DataFrame, tests: dict[Pair, _Tests], significant: NDArray[np.bool_], higher_is_better: bool
) -> None:
    """Add the share of a dataset's rounds that each won; ``significant`` holds the rounds of one pair after another."""
    ends = np.cumsum([len(test.p) for test in tests.values()])
    for ((first, second), test), end in zip(tests.items(), ends, strict=True):
        told = significant[end - len(test.p) : end]
        gain = test.difference if higher_is_better else -test.difference
        for row, column, won in ((first, second, gain > 0), (second, first, gain < 0)):
            before = wins.loc[row, column]
            wins.loc[row, column] = (0.0 if np.isnan(before) else before) + float((told & won).mean())


def _tested(first: pd.DataFrame, second: pd.DataFrame, counted: set[int]) -> _Tests | None:
    """Test each counted round that both have over common seeds; None where seeds are few or there is no round."""
    seeds = first.columns.intersection(second.columns)
    rounds = [number for number in first.index.intersection(second.index) if number in counted]
    one, other = (part.reindex(index=rounds, columns=seeds).to_numpy() for part in (first, second))
    kept = ~np.isnan(one - other).any(axis=1)
    if len(seeds) < LEAST_SEEDS or not kept.any():
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # differences that are all equal
        found = stats.ttest_rel(one[kept], other[kept], axis=1)
    p, t = np.nan_to_num(found.pvalue, nan=1.0), np.abs(np.nan_to_num(found.statistic, nan=0.0, posinf=np.inf))
    return _Tests(t, p, (one - other)[kept].mean(axis=1), len(seeds))


def _silenced(
    dataset: str, tests: Sequence[_Tests], p_values: NDArray[np.float64], corrected: NDArray[np.bool_]
) -> Iterator[Silenced]:
    if (p_values < ALPHA).any() and not corrected.any():
        seeds = max(test.seeds for test in tests)
        needed = float(stats.t.isf(ALPHA / (2 * len(p_values)), seeds - 1))
        yield Silenced(dataset, len(p_values), seeds, needed, max(float(test.t.max()) for test in tests))
