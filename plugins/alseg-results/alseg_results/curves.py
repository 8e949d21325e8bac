"""Learning curves: mean and standard deviation over seeds."""

from collections.abc import Sequence

import pandas as pd

from alcore import AlsegError

PAPER_ROUNDS = (5, 10, 15, 20, 50)
"""The rounds of the paper's tables."""

FEW_ROUNDS = 6
"""Rounds, round 0 included, that a table shows all of."""


def mean_curves(scores: pd.DataFrame) -> pd.DataFrame:
    """Average the long table over seeds.

    A seed whose score is not defined is left out of both figures. The standard deviation is that of a sample (divided
    by the number of seeds less one), so it is NaN for one seed.

    Args:
        scores: as :func:`alseg_results.tidy.tidy` returns it.

    Returns:
        ``dataset``, ``strategy``, ``split``, ``metric``, ``class``, ``round``, ``labelled`` (mean over seeds),
        ``seeds`` (that have a score), ``mean`` and ``std``.
    """
    keys = ["dataset", "strategy", "split", "metric", "class", "round"]
    grouped = scores.groupby(keys, sort=False)
    curves = grouped.agg(
        labelled=("labelled", "mean"), seeds=("value", "count"), mean=("value", "mean"), std=("value", "std")
    )
    return curves.reset_index()


def shown_rounds(scores: pd.DataFrame, asked: Sequence[int] | None = None) -> dict[str, tuple[int, ...]]:
    """The rounds of each dataset's table: those asked for, as far as there are runs.

    By default all rounds where they are few; else the paper's, as far as there are runs, and always the last one.

    Raises:
        AlsegError: no run has any of the rounds asked for.
    """
    there = {
        str(dataset): sorted(rounds.unique().tolist())
        for dataset, rounds in scores.groupby("dataset", sort=False)["round"]
    }
    shown = {dataset: _shown(rounds, asked) for dataset, rounds in there.items()}
    if asked is not None and not any(shown.values()):
        every = [number for rounds in there.values() for number in rounds]
        wanted = ", ".join(map(str, asked))
        raise AlsegError(f"no run has a round {wanted}", hint=f"the rounds go from {min(every)} to {max(every)}")
    return shown


def _shown(there: Sequence[int], asked: Sequence[int] | None) -> tuple[int, ...]:
    if asked is not None:
        return tuple(number for number in dict.fromkeys(asked) if number in there)
    if len(there) <= FEW_ROUNDS:
        return tuple(there)
    return tuple(sorted({*(number for number in PAPER_ROUNDS if number in there), there[-1]}))
