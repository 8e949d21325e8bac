"""All scores as one long table."""

import math
from collections.abc import Sequence

import pandas as pd

from alcore.escapes import csv_text
from alseg_results.runs import RunRecord

COLUMNS = (
    *("dataset", "strategy", "seed", "round", "labelled", "pseudo_labelled"),
    *("split", "metric", "class", "value"),
)
MEAN = "mean"
"""The value of ``class`` for the mean over foreground classes."""


def tidy(runs: Sequence[RunRecord]) -> pd.DataFrame:
    """Put every score of every round of every run into a row of its own.

    Returns:
        ``dataset``, ``strategy`` (the run's label), ``seed``, ``round``, ``labelled`` and ``pseudo_labelled``
        (slices so far), ``split``, ``metric``, ``class`` (a foreground class, or ``mean`` over them) and ``value``, NaN
        where the metric is not defined or not finite.
    """
    rows = [
        (run.dataset, run.label, run.seed, *sizes, split, metric, name, defined(value))
        for run in runs
        for record in run.rounds
        for sizes in [(record["round"], record["labelled"], record.get("pseudo_labelled", 0))]
        for split, metrics in record["scores"].items()
        for metric, score in metrics.items()
        for name, value in ((MEAN, score["mean"]), *score["per_class"].items())
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype({"seed": "int64", "round": "int64", "labelled": "int64", "value": "float64"})


def csv_of(frame: pd.DataFrame) -> str:
    """A table as CSV with all digits; no cell is a formula, and what is missing is empty."""
    return csv_text([frame.columns, *frame.itertuples(index=False)])


def defined(value: float | None) -> float:
    """A score as a number; NaN where it is missing or not finite, which no mean can be made of."""
    return float(value) if value is not None and math.isfinite(value) else math.nan
