"""Learning curves: mean and standard deviation over seeds."""

from collections.abc import Sequence

import pandas as pd

from alcore.errors import AlsegError
from alcore.results.tidy import MEAN

PAPER_ROUNDS = (5, 10, 15, 20, 50)
"""The rounds of the paper's tables."""


def mean_curves(scores: pd.DataFrame) -> pd.DataFrame:
    """Average the long table over seeds.

    A seed whose score is not defined is left out of both figures. The standard deviation is that of a sample (divided
    by the number of seeds less one), so it is NaN for one seed.

    Args:
        scores: as :func:`alcore.results.tidy.tidy` returns it.

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


def select(scores: pd.DataFrame, metric: str, split: str, class_name: str | None = MEAN) -> pd.DataFrame:
    """The rows of one metric on one split; of one class, or of all where ``class_name`` is None.

    Raises:
        AlsegError: no run has such scores.
    """
    of_split = scores[scores["split"] == split]
    if of_split.empty:
        raise AlsegError(f"no run has scores of the split {split!r}", hint=_there_are(scores["split"]))
    of_metric = of_split[of_split["metric"] == metric]
    if of_metric.empty:
        raise AlsegError(f"no run measured {metric!r} on the {split} scans", hint=_there_are(of_split["metric"]))
    if class_name is None:
        return of_metric
    of_class = of_metric[of_metric["class"] == class_name]
    if of_class.empty:
        raise AlsegError(f"no run has a class {class_name!r}", hint=_there_are(of_metric["class"]))
    return of_class


def shown_rounds(scores: pd.DataFrame, asked: Sequence[int] | None = None) -> list[int]:
    """The rounds of a table: those asked for, or the paper's as far as there are runs, and always the last one.

    Raises:
        AlsegError: no run has any of the rounds asked for.
    """
    there = sorted(scores["round"].unique().tolist())
    if asked is None:
        return sorted({*(number for number in PAPER_ROUNDS if number in there), there[-1]})
    kept = [number for number in dict.fromkeys(asked) if number in there]
    if not kept:
        wanted = ", ".join(map(str, asked))
        raise AlsegError(f"no run has a round {wanted}", hint=f"the rounds go from {there[0]} to {there[-1]}")
    return kept


def _there_are(names: pd.Series) -> str:
    return f"there are: {', '.join(dict.fromkeys(names))}"
