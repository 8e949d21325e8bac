"""Strategies compared on paired seeds and datasets, and what that says in plain sentences."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from alseg_results.pairs import compare_pairs
from alseg_results.penalties import ALL_ROUNDS, Penalties, PenaltyRounds, penalty_matrices
from alseg_results.ranks import Ranking, rank
from alseg_results.sentences import left_out_sentence, more_sentences, penalty_sentence, verdict_sentence
from alseg_results.verdicts import Verdicts, against_control


@dataclass(frozen=True)
class Comparison:
    """Strategies compared.

    Args:
        measure: the figure that is compared: ``aubc`` or ``final``.
        table: its values: a row per block (dataset and seed), a column per strategy.
        pairs: see :func:`alseg_results.pairs.compare_pairs`.
        ranking: see :func:`alseg_results.ranks.rank`.
        verdicts: see :func:`alseg_results.verdicts.against_control`; None without a control.
        penalties: see :func:`alseg_results.penalties.penalty_matrices`.
        sentences: what it says, and what cannot be said, in plain words; the verdict is the first.
    """

    measure: str
    table: pd.DataFrame
    pairs: pd.DataFrame
    ranking: Ranking | None
    verdicts: Verdicts | None
    penalties: Penalties
    sentences: tuple[str, ...]


def compare(
    figures: pd.DataFrame,
    scores: pd.DataFrame,
    *,
    measure: str = "aubc",
    higher_is_better: bool | None = True,
    what: str = "strategies",
    control: str | None = None,
    margin: float | None = None,
    rounds: PenaltyRounds = ALL_ROUNDS,
) -> Comparison:
    """Compare all strategies.

    Args:
        figures: as :func:`alseg_results.figures.per_run` returns it; runs that are not complete do not count.
        scores: the same metric on the same split for the same class, as :func:`alseg_results.measure.select` gives it.
        measure: the figure to compare.
        higher_is_better: the metric's direction; None where it is unknown, and nothing is ranked.
        what: what sentences call that which is compared, in the plural.
        control: what the others are held against; None, or one without a complete run, leaves that out.
        margin: differences up to it are practically none.
        rounds: which rounds the penalty matrix counts.
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
    verdicts = None
    if control is not None and control in strategies:
        verdicts = against_control(table, control, higher_is_better=higher_is_better, margin=margin)
    whole = scores.merge(complete[["dataset", "strategy", "seed"]])
    penalties = penalty_matrices(whole, strategies, higher_is_better=higher_is_better, rounds=rounds)
    without = [name for name in asked if name not in strategies]
    sentences = (
        verdict_sentence(measure, what, table, pairs, verdicts),
        left_out_sentence(without),
        *more_sentences(measure, what, table, pairs, ranking, verdicts),
        penalty_sentence(penalties),
    )
    return Comparison(measure, table, pairs, ranking, verdicts, penalties, tuple(filter(None, sentences)))


def _undirected(measure: str, table: pd.DataFrame) -> Comparison:
    sentence = "No installed plugin says whether a higher score of this metric is better, so nothing is compared."
    unknown = pd.DataFrame(np.nan, index=table.columns, columns=table.columns)
    penalties = Penalties(unknown, unknown)
    return Comparison(measure, table, compare_pairs(table.iloc[:, :0]), None, None, penalties, (sentence,))
