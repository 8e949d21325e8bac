"""Scores scan by scan: as one long table, and one figure of each scan of each run."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from alcore import AlsegError
from alseg_results.crossed import crossed_interval
from alseg_results.efficiency import area_under_budget_curve
from alseg_results.measure import Measure
from alseg_results.runs import RunRecord, RunSet, complete, only
from alseg_results.tidy import MEAN, defined

COLUMNS = ("dataset", "strategy", "seed", "round", "labelled", "split", "scan", "metric", "class", "value")
FIGURE_COLUMNS = ("dataset", "strategy", "seed", "scan", "value")


@dataclass(frozen=True)
class ScanFigures:
    """One figure of each scan of each complete run.

    Args:
        table: ``dataset``, ``strategy``, ``seed``, ``scan`` and ``value``; NaN where the figure is not defined.
        notes: a sentence where scores of scans cannot be read; those runs are not in the table.
    """

    table: pd.DataFrame
    notes: tuple[str, ...] = ()


def tidy_scans(
    runs: Sequence[RunRecord], measure: Measure | None = None, *, last: bool = False
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Put every score of every scan into a row of its own.

    Args:
        runs: the runs to read.
        measure: keep its metric on its split alone; None keeps everything.
        last: read the last round alone.

    Returns:
        ``dataset``, ``strategy`` (the run's label), ``seed``, ``round``, ``labelled`` (slices so far), ``split``,
        ``scan``, ``metric``, ``class`` (a foreground class) and ``value``, NaN where the metric is not defined or not
        finite; and a sentence where scores of scans cannot be read.
    """
    rows: list[tuple[object, ...]] = []
    unread: list[str] = []
    for run in runs:
        try:
            rows += _rows(run, measure, last)
        except AlsegError as error:
            unread.append(error.message)
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    typed = frame.astype({"seed": "int64", "round": "int64", "labelled": "int64", "value": "float64"})
    return typed, (_about_unread(unread),) if unread else ()


def _about_unread(messages: Sequence[str]) -> str:
    others = f" (so it is with {len(messages) - 1} more)" if len(messages) > 1 else ""
    return f"figures over scans leave out what cannot be read: {messages[0]}{others}"


def _rows(run: RunRecord, measure: Measure | None, last: bool) -> list[tuple[object, ...]]:
    return [
        (
            *(run.dataset, run.label, run.seed, record["round"], record["labelled"]),
            *(row["split"], row["scan"], row["metric"], row["class"], defined(row["value"])),
        )
        for record in (run.rounds[-1:] if last else run.rounds)
        for row in run.read_scores(record["round"])
        if measure is None or (row["split"], row["metric"]) == (measure.split, measure.metric)
    ]


def of_class(scans: pd.DataFrame, class_name: str) -> pd.DataFrame:
    """One value per scan and round: of a class, or for ``mean`` the mean over the classes defined in the scan."""
    if class_name != MEAN:
        return scans[scans["class"] == class_name]
    keys = ["dataset", "strategy", "seed", "round", "labelled", "scan"]
    return scans.groupby(keys, sort=False)["value"].mean().reset_index()


def scan_figures(found: RunSet, measure: Measure, figure: str = "aubc") -> ScanFigures:
    """The figure of each scan: ``aubc``, the area under its own budget curve, or ``final``, its last score.

    Where every score is defined, the mean over scans is the figure of the run, since the area is a sum of scores.
    """
    runs = [run for dataset in found.datasets for run in complete(only(found.runs, dataset))]
    scans, notes = tidy_scans(runs, measure, last=figure == "final")
    rows = [
        (dataset, strategy, seed, scan, _figure(group, figure))
        for (dataset, strategy, seed, scan), group in of_class(scans, measure.class_name).groupby(
            ["dataset", "strategy", "seed", "scan"], sort=False
        )
    ]
    return ScanFigures(pd.DataFrame(rows, columns=list(FIGURE_COLUMNS)), notes)


def _figure(rounds: pd.DataFrame, figure: str) -> float:
    value = rounds["value"].to_numpy(dtype=np.float64)
    if figure == "final":
        return float(value[-1])
    return area_under_budget_curve(rounds["labelled"].to_numpy(dtype=np.float64), value)


def compare_scans(scans: pd.DataFrame, strategies: Sequence[str]) -> pd.DataFrame:
    """Compare every two strategies over the seeds and scans that both have.

    Args:
        scans: as in :class:`ScanFigures`.
        strategies: what to compare, in order.

    Returns:
        A row per pair that shares any: ``first``, ``second``, ``seeds`` and ``scans`` (of all datasets together),
        ``difference`` (first less second, mean over datasets), ``low`` and ``high``, see
        :func:`alseg_results.crossed.crossed_interval`.
    """
    rows = []
    for first, second in itertools.combinations(strategies, 2):
        found = [matrix.to_numpy(dtype=np.float64) for matrix in differences(scans, first, second).values()]
        if found:
            counts = (sum(map(len, found)), sum(values.shape[1] for values in found))
            rows.append((first, second, *counts, *crossed_interval(found)))
    return pd.DataFrame(rows, columns=["first", "second", "seeds", "scans", "difference", "low", "high"])


def differences(scans: pd.DataFrame, first: str, second: str) -> dict[str, pd.DataFrame]:
    """By dataset, ``first`` less ``second``: a row per shared seed, a column per scan; NaN where one is not defined."""
    found = {}
    for dataset, group in scans.groupby("dataset", sort=False):
        one, other = (
            group[group["strategy"] == name].pivot_table(index="seed", columns="scan", values="value", sort=True)
            for name in (first, second)
        )
        seeds, names = one.index.intersection(other.index), one.columns.intersection(other.columns)
        matrix = one.loc[seeds, names] - other.loc[seeds, names]
        if matrix.notna().any(axis=None):
            found[str(dataset)] = matrix.dropna(how="all").dropna(axis=1, how="all")
    return found
