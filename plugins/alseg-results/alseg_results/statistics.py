"""Strategies compared on paired seeds and datasets, and what that says in plain sentences."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from alseg_results.pairs import ALPHA, LEAST_PAIRS, compare_pairs, seeds_needed
from alseg_results.penalties import penalty_matrices
from alseg_results.ranks import LEAST_BLOCKS, LEAST_STRATEGIES, Ranking, rank

SEEN = 0.01
"""The difference for which the seeds needed are told."""

NAMES = {"aubc": "area under the budget curve", "final": "score of the last round"}


@dataclass(frozen=True)
class Comparison:
    """Strategies compared.

    Args:
        measure: the figure that is compared: ``aubc`` or ``final``.
        table: its values: a row per block (dataset and seed), a column per strategy.
        pairs: see :func:`alseg_results.pairs.compare_pairs`.
        ranking: see :func:`alseg_results.ranks.rank`.
        penalties: see :func:`alseg_results.penalties.penalty_matrices`.
        penalties_holm: the same, its tests corrected by Holm's method.
        sentences: what it says, and what cannot be said, in plain words.
    """

    measure: str
    table: pd.DataFrame
    pairs: pd.DataFrame
    ranking: Ranking | None
    penalties: pd.DataFrame
    penalties_holm: pd.DataFrame
    sentences: tuple[str, ...]


def compare(
    figures: pd.DataFrame,
    scores: pd.DataFrame,
    *,
    measure: str = "aubc",
    higher_is_better: bool | None = True,
    what: str = "strategies",
) -> Comparison:
    """Compare all strategies.

    Args:
        figures: as :func:`alseg_results.figures.per_run` returns it; runs that are not complete do not count.
        scores: the same metric on the same split for the same class, as :func:`alseg_results.measure.select` gives it.
        measure: the figure to compare.
        higher_is_better: the metric's direction; None where it is unknown, and nothing is ranked.
        what: what sentences call that which is compared, in the plural.
    """
    complete = figures[figures["complete"]]
    asked = list(dict.fromkeys(figures["strategy"]))
    table = complete.pivot_table(index=["dataset", "seed"], columns="strategy", values=measure)
    strategies = [name for name in asked if name in table.columns]  # without those of which no run has a value
    table = table[strategies]
    if higher_is_better is None:
        return _undirected(measure, table)
    pairs = compare_pairs(table, higher_is_better=higher_is_better)
    ranking = rank(table, higher_is_better=higher_is_better)
    whole = scores.merge(complete[["dataset", "strategy", "seed"]])
    penalties, penalties_holm = penalty_matrices(whole, strategies, higher_is_better=higher_is_better)
    without = [name for name in asked if name not in strategies]
    left_out = f"No complete run has a score of {_all(without)}: left out of the comparison." if without else ""
    sentences = tuple(filter(None, (left_out, *_sentences(NAMES[measure], what, table, pairs, ranking))))
    return Comparison(measure, table, pairs, ranking, penalties, penalties_holm, sentences)


def _undirected(measure: str, table: pd.DataFrame) -> Comparison:
    unknown = pd.DataFrame(np.nan, index=table.columns, columns=table.columns)
    sentence = "No installed plugin says whether a higher score of this metric is better, so nothing is compared."
    return Comparison(measure, table, compare_pairs(table.iloc[:, :0]), None, unknown, unknown, (sentence,))


def _sentences(
    measure: str, what: str, table: pd.DataFrame, pairs: pd.DataFrame, ranking: Ranking | None
) -> tuple[str, ...]:
    if table.shape[1] < 2:
        return (f"There are no two {what} to compare.",)
    return (
        _about_ranks(measure, what, ranking, table.shape[1]),
        _about_pairs(measure, what, pairs),
        _about_few_pairs(pairs),
        _about_seeds(measure, what, table),
    )


def _about_ranks(measure: str, what: str, ranking: Ranking | None, count: int) -> str:
    if count < LEAST_STRATEGIES:
        return ""
    if ranking is None:
        return (
            f"On no dataset and seed has every one of the {what} a complete run with a score, so they are not ranked."
        )
    best = ranking.best
    value = f"{ranking.mean_ranks.iloc[0]:.2f} of {count}, by {measure}, over {_blocks(ranking.blocks)}"
    head = (
        f"Best mean rank: {best[0]} ({value})."
        if len(best) == 1
        else f"Best mean rank, shared by {_all(best)} ({value})."
    )
    if ranking.blocks < LEAST_BLOCKS:
        return f"{head} Friedman's test needs {LEAST_BLOCKS} of them, so whether ranks differ is not tested."
    if ranking.p is None:
        return f"{head} All scores are equal, so whether ranks differ is not tested."
    verdict = "the ranks differ" if ranking.p < ALPHA else "the ranks do not differ"
    return f"{head} Friedman test: {verdict} at 5 % (chi-squared {ranking.statistic:.2f}, p {_p(ranking.p)})."


def _about_pairs(measure: str, what: str, pairs: pd.DataFrame) -> str:
    tested = int(pairs["p_holm"].notna().sum())
    if not tested:
        most = int(pairs["pairs"].max())
        shared = f"two {what} share {_blocks(most)} at most" if most else f"no two {what} share a dataset and seed"
        return f"Too few paired runs for a test: {shared}, and {LEAST_PAIRS} are needed."
    told = pairs[pairs["p_holm"] < ALPHA]
    if told.empty:
        none = f"none of {tested} pairs differs" if tested > 1 else "the one pair that can be tested does not differ"
        return f"Wilcoxon test with Holm's correction: {none} in {measure} at 5 %."
    said = [
        f"{row['first']} and {row['second']} ({row['difference']:+.4f}, p {_p(row['p_holm'])})"
        for _, row in told.sort_values("p_holm").iterrows()
    ]
    shown = "; ".join(said[:5]) + (f"; and {len(said) - 5} more" if len(said) > 5 else "")
    return f"Wilcoxon test with Holm's correction, {measure}: differ at 5 %: {shown}."


def _about_few_pairs(pairs: pd.DataFrame) -> str:
    """A signed-rank test of n pairs gives no p below 2 / 2^n, and Holm's method multiplies it by the tests."""
    tested = pairs[pairs["p"].notna()]
    if tested.empty:
        return ""
    most = int(tested["pairs"].max())
    least = 2.0 ** (1 - most) * len(tested)
    if least < ALPHA:
        return ""
    return (
        f"With {_blocks(most)} the smallest possible corrected p is {_p(min(1.0, least))}, so no difference could be "
        "significant at 5 %, however large."
    )


@dataclass(frozen=True)
class _Spread:
    """Standard deviation of a pair's differences over shared seeds, and how many runs of each it comes from."""

    std: float
    shared: int


def _about_seeds(measure: str, what: str, table: pd.DataFrame) -> str:
    spreads = _paired_spreads(table)
    if not spreads:
        return (
            f"How many seeds a difference of {SEEN} would need is unknown: no two {what} share two seeds on a dataset."
        )
    middle = float(np.median([spread.std for spread in spreads]))
    extremes = [pick(spread.std for spread in spreads) for pick in (min, max)]
    needed, *ends = (seeds_needed(SEEN, std) for std in (middle, *extremes))
    between = f" ({ends[0]} to {ends[1]} from pair to pair)" if ends[0] != ends[1] else ""
    return (
        f"To see a difference of {SEEN} in {measure} between two {what} on a dataset (paired t-test at 5 %, power "
        f"80 %) about {needed} seeds are needed{between}: paired differences have a standard deviation of {middle:.4f} "
        f"here, itself estimated from {_range([spread.shared for spread in spreads])} paired runs."
    )


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
            spreads.append(_Spread(math.sqrt(squares / (runs - len(shared))), runs))
    return spreads


def _range(counts: Sequence[int]) -> str:
    return str(min(counts)) if min(counts) == max(counts) else f"{min(counts)} to {max(counts)}"


def _all(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _blocks(count: int) -> str:
    return f"{count} dataset-and-seed pair{'' if count == 1 else 's'}"


def _p(value: float) -> str:
    return f"{value:.3f}" if value >= 0.001 else "< 0.001"
