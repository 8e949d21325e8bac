"""The figures of each run: its score, what it cost, and how one relates to the other; and their means over seeds."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from alseg_results.efficiency import (
    annotation_to_reach,
    area_under_budget_curve,
    foreground_efficiency,
    pooled_foreground_efficiency,
)
from alseg_results.full_data import FULL_DATA, full_data_of
from alseg_results.measure import Measure
from alseg_results.runs import RunRecord, RunSet, complete, only
from alseg_results.tidy import MEAN, defined

NAN = float("nan")
FIGURES = (
    *("final", "aubc", "foreground_efficiency", "slices_to_90", "slices_to_95"),
    *("slices", "scans", "foreground_voxels", "boundary_voxels", "query_seconds"),
)
REACHED = (("slices_to_90", 0.90), ("slices_to_95", 0.95))


def per_run(found: RunSet, measure: Measure) -> pd.DataFrame:
    """The figures of every active learning run.

    Figures over a whole curve compare only between runs that went equally far and annotated equally much
    (:func:`alseg_results.runs.complete`): another run has none.

    Args:
        found: the runs, full-data runs included.
        measure: what to measure; there is no share of the full-data score unless higher is better.

    Returns:
        ``dataset``, ``strategy``, ``seed``, ``last_round``, ``complete``, ``full_data`` (the full-data score), then
        ``FIGURES``: ``final`` (score of the last round), ``aubc``, ``foreground_efficiency``, ``slices_to_90`` and
        ``slices_to_95`` (slices annotated when that share of it was reached), ``slices``, ``scans`` (with at
        least one slice), ``foreground_voxels`` and ``boundary_voxels`` annotated by the end, ``query_seconds`` (all
        queries). NaN where a figure is missing.
    """
    rows = []
    for dataset in found.datasets:
        runs = only(found.runs, dataset)
        whole = {id(run) for run in complete(runs)}
        for run in runs:
            full_data = full_data_score(found, run, measure)
            figures = _figures(run, measure, full_data) if id(run) in whole else {}
            head = {"dataset": dataset, "strategy": run.label, "seed": run.seed, "last_round": run.rounds[-1]["round"]}
            tail = {name: figures.get(name, NAN) for name in FIGURES}
            rows.append({**head, "complete": id(run) in whole, "full_data": full_data, **tail})
    return pd.DataFrame(rows)


def summarise(figures: pd.DataFrame) -> pd.DataFrame:
    """Average the figures of runs over seeds.

    Args:
        figures: as :func:`per_run` returns it.

    Returns:
        A row per dataset and strategy: ``dataset``, ``strategy``, ``seeds`` (complete runs), ``full_data``; for each
        figure ``NAME_mean``, ``NAME_std`` (of a sample; NaN for one seed) and ``NAME_seeds``, the runs that have it.
        Where some seed did not reach that share, a mean over the others would flatter, so it is NaN.
    """
    rows = []
    for (dataset, strategy), group in figures.groupby(["dataset", "strategy"], sort=False):
        whole = group[group["complete"]]
        row = {"dataset": dataset, "strategy": strategy, "seeds": len(whole), "full_data": group["full_data"].iloc[0]}
        for name in FIGURES:
            row |= {
                f"{name}_mean": whole[name].mean(),
                f"{name}_std": whole[name].std(),
                f"{name}_seeds": int(whole[name].count()),
            }
        for name, _ in REACHED:
            if row[f"{name}_seeds"] < len(whole):
                row |= {f"{name}_mean": NAN, f"{name}_std": NAN}
        rows.append(row)
    return pd.DataFrame(rows)


def pooled(found: RunSet, measure: Measure) -> pd.DataFrame:
    """The foreground efficiency of the complete runs of each strategy together.

    Returns:
        ``dataset``, ``strategy``, ``foreground_efficiency_pooled`` and ``foreground_efficiency_r2``, see
        :func:`alseg_results.efficiency.pooled_foreground_efficiency`.
    """
    rows = []
    for dataset in found.datasets:
        for label in dict.fromkeys(run.label for run in only(found.runs, dataset)):
            runs = [run for run in complete(only(found.runs, dataset)) if run.label == label]
            curves = [(_foreground_share(run), _scores(run, measure)) for run in runs]
            score = full_data_score(found, runs[0], measure) if runs else NAN
            rows.append((dataset, label, *pooled_foreground_efficiency(curves, score)))
    columns = ["dataset", "strategy", "foreground_efficiency_pooled", "foreground_efficiency_r2"]
    return pd.DataFrame(rows, columns=columns)


def full_data_score(found: RunSet, run: RunRecord, measure: Measure) -> float:
    """The full-data score that a run is held against, averaged over seeds; NaN where there is no such score."""
    labels = (FULL_DATA, full_data_of(run.label))
    full = [one for one in only(found.full_data, run.dataset) if one.label in labels]
    scores = [score_of(one.rounds[-1], measure) for one in full]
    known = [score for score in scores if not np.isnan(score)]
    return float(np.mean(known)) if known else NAN


def score_of(record: Mapping[str, Any], measure: Measure) -> float:
    """One score of a round; NaN where it was not measured or is not defined."""
    score = record["scores"].get(measure.split, {}).get(measure.metric, {})
    name = measure.class_name
    return defined(score.get("mean") if name == MEAN else score.get("per_class", {}).get(name))


def spans_part(run: RunRecord, measure: Measure) -> bool:
    """Whether some scores of a run are defined, but not both its first and its last one."""
    missing = [np.isnan(score_of(record, measure)) for record in run.rounds]
    return (missing[0] or missing[-1]) and missing.count(False) >= 2


def _figures(run: RunRecord, measure: Measure, full_data: float) -> dict[str, float]:
    labelled = _column(run.rounds, "labelled")
    score = _scores(run, measure)
    foreground = _column(run.rounds, "foreground_voxels")
    target = full_data if measure.higher_is_better else NAN
    return {
        "final": float(score[-1]),
        "aubc": area_under_budget_curve(labelled, score),
        "foreground_efficiency": foreground_efficiency(_foreground_share(run), score, full_data),
        **{name: annotation_to_reach(labelled, score, share * target) for name, share in REACHED},
        "slices": float(labelled[-1]),
        "scans": float(_column(run.rounds, "scans_labelled")[-1]),
        "foreground_voxels": float(foreground[-1]),
        "boundary_voxels": float(_column(run.rounds, "boundary_voxels")[-1]),
        "query_seconds": float(sum(record["seconds"].get("query", NAN) for record in run.rounds)),
    }


def _scores(run: RunRecord, measure: Measure) -> "np.ndarray[Any, np.dtype[np.float64]]":
    return np.array([score_of(record, measure) for record in run.rounds])


def _foreground_share(run: RunRecord) -> "np.ndarray[Any, np.dtype[np.float64]]":
    pool = run.environment["dataset"].get("pool", {}).get("foreground") or NAN
    return _column(run.rounds, "foreground_voxels") / pool


def _column(rounds: Sequence[Mapping[str, Any]], name: str) -> "np.ndarray[Any, np.dtype[np.float64]]":
    return np.array([record.get(name, NAN) for record in rounds], dtype=np.float64)
