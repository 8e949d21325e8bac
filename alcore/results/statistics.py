"""Strategies compared on paired seeds and datasets, and what that says in plain sentences."""

import itertools
import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from alcore.results.pairs import LEAST_PAIRS, compare_pairs
from alcore.results.penalties import ALPHA, penalty_matrices
from alcore.results.power import seeds_needed
from alcore.results.ranks import LEAST_BLOCKS, LEAST_STRATEGIES, Ranking, rank

SEEN = 0.01
"""The difference for which the seeds needed are told."""

NAMES = {"aubc": "area under the budget curve", "final": "score of the last round"}


@dataclass(frozen=True)
class Comparison:
    """Strategies compared.

    Args:
        measure: the figure that is compared: ``aubc`` or ``final``.
        table: its values: a row per block (dataset and seed), a column per strategy.
        pairs: see :func:`alcore.results.pairs.compare_pairs`.
        ranking: see :func:`alcore.results.ranks.rank`.
        penalties: see :func:`alcore.results.penalties.penalty_matrices`.
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
    figures: pd.DataFrame, scores: pd.DataFrame, *, measure: str = "aubc", higher_is_better: bool = True
) -> Comparison:
    """Compare all strategies.

    Args:
        figures: as :func:`alcore.results.figures.per_run` returns it; runs that are not complete do not count.
        scores: the same metric on the same split for the same class, as :func:`alcore.results.curves.select` gives it.
        measure: the figure to compare.
        higher_is_better: the metric's direction.
    """
    complete = figures[figures["complete"]]
    strategies = list(dict.fromkeys(figures["strategy"]))
    table = complete.pivot_table(index=["dataset", "seed"], columns="strategy", values=measure)
    table = table.reindex(columns=strategies)
    pairs = compare_pairs(table, higher_is_better=higher_is_better)
    ranking = rank(table, higher_is_better=higher_is_better)
    whole = scores.merge(complete[["dataset", "strategy", "seed"]])
    penalties, penalties_holm = penalty_matrices(whole, strategies, higher_is_better=higher_is_better)
    sentences = _sentences(measure, table, pairs, ranking)
    return Comparison(measure, table, pairs, ranking, penalties, penalties_holm, sentences)


def _sentences(measure: str, table: pd.DataFrame, pairs: pd.DataFrame, ranking: Ranking | None) -> tuple[str, ...]:
    if table.shape[1] < 2:
        return ("There is one strategy, so there is nothing to compare it with.",)
    return tuple(
        sentence
        for sentence in (
            _about_ranks(measure, ranking, table.shape[1]),
            _about_pairs(measure, pairs),
            _about_few_pairs(pairs),
            _about_seeds(measure, table),
        )
        if sentence
    )


def _about_ranks(measure: str, ranking: Ranking | None, n_strategies: int) -> str:
    if n_strategies < LEAST_STRATEGIES:
        return ""
    if ranking is None:
        return "No dataset and seed has a finished run of every strategy, so strategies cannot be ranked."
    best, where = ranking.mean_ranks.index[0], f"by {NAMES[measure]}, over {_blocks(ranking.blocks)}"
    head = f"Best mean rank: {best} ({ranking.mean_ranks.iloc[0]:.2f} of {n_strategies}, {where})."
    if ranking.blocks < LEAST_BLOCKS:
        return f"{head} Friedman's test needs {LEAST_BLOCKS} of them, so whether ranks differ is not tested."
    if ranking.p is None:
        return f"{head} All scores are equal, so whether ranks differ is not tested."
    verdict = "the ranks differ" if ranking.p < ALPHA else "no difference of ranks can be told"
    return f"{head} Friedman: {verdict} (chi-squared {ranking.statistic:.2f}, p {_p(ranking.p)})."


def _about_pairs(measure: str, pairs: pd.DataFrame) -> str:
    if not pairs["p_holm"].notna().any():
        most = int(pairs["pairs"].max())
        return (
            f"Two strategies share {_blocks(most)} at most: a test of their difference needs {LEAST_PAIRS}, "
            "so none is made."
        )
    told = pairs[pairs["p_holm"] < ALPHA]
    tested = f"{int(pairs['p_holm'].notna().sum())} pairs" if len(pairs) > 1 else "pair"
    if told.empty:
        return f"Wilcoxon with Holm's correction: of the {tested} none differs in {NAMES[measure]} at 5 %."
    said = [
        f"{row['first']} and {row['second']} ({row['difference']:+.4f}, p {_p(row['p_holm'])})"
        for _, row in told.sort_values("p_holm").iterrows()
    ]
    shown = "; ".join(said[:5]) + (f"; and {len(said) - 5} more" if len(said) > 5 else "")
    return f"Wilcoxon with Holm's correction, {NAMES[measure]}: differ at 5 %: {shown}."


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
        f"With {_blocks(most)} the smallest p that this test can give is {_p(min(1.0, least))} after correction: "
        "it could not see any difference at 5 %, however large."
    )


def _about_seeds(measure: str, table: pd.DataFrame) -> str:
    spreads = _paired_spreads(table)
    if not spreads:
        return f"How many seeds a difference of {SEEN} would need is unknown: no two strategies share two seeds."
    middle = float(np.median(spreads))
    needed = [seeds_needed(SEEN, spread) for spread in (middle, min(spreads), max(spreads))]
    between = f" ({needed[1]} to {needed[2]} from pair to pair)" if needed[1] != needed[2] else ""
    least = int(table.groupby(level="dataset").size().max())
    return (
        f"To see a difference of {SEEN} in {NAMES[measure]} between two strategies on a dataset (paired t-test at 5 %, "
        f"power 80 %) about {needed[0]} seeds are needed{between}: paired differences have a standard deviation of "
        f"{middle:.4f} here, itself estimated from {least} seeds."
    )


def _paired_spreads(table: pd.DataFrame) -> list[float]:
    """Standard deviation over seeds of each pair's differences, pooled over datasets, where two seeds are shared."""
    spreads = []
    of_datasets = [group.to_numpy() for _, group in table.groupby(level="dataset")]
    for first, second in itertools.combinations(range(table.shape[1]), 2):
        differences = [values[:, first] - values[:, second] for values in of_datasets]
        known = [values[~np.isnan(values)] for values in differences]
        freedom = sum(len(values) - 1 for values in known if len(values) > 1)
        if freedom:
            squares = sum(float(((values - values.mean()) ** 2).sum()) for values in known if len(values) > 1)
            spreads.append(math.sqrt(squares / freedom))
    return spreads


def _blocks(count: int) -> str:
    return f"{count} dataset-and-seed pair{'' if count == 1 else 's'}"


def _p(value: float) -> str:
    return f"{value:.3f}" if value >= 0.001 else "< 0.001"
