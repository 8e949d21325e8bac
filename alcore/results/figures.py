"""The figures of each run: its score, what it cost, and how one relates to the other."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from alcore.results.efficiency import annotation_to_reach, area_under_budget_curve, foreground_efficiency
from alcore.results.runs import RunRecord, RunSet, only
from alcore.results.tidy import MEAN

NAN = float("nan")
FIGURES = (
    *("final", "aubc", "foreground_efficiency", "slices_to_90", "slices_to_95"),
    *("slices", "scans", "foreground_voxels", "boundary_voxels", "query_seconds"),
)
REACHED = (("slices_to_90", 0.90), ("slices_to_95", 0.95))


def per_run(
    found: RunSet, metric: str, split: str, class_name: str = MEAN, *, higher_is_better: bool = True
) -> pd.DataFrame:
    """The figures of every active learning run.

    Figures over a whole curve compare only between runs that went equally far: a run that is shorter than the longest
    on its dataset, and has not used up its pool, has none.

    Args:
        found: the runs and their ceilings.
        metric: name of the metric.
        split: ``validation`` or ``test``.
        class_name: a foreground class, or ``mean``.
        higher_is_better: the metric's direction; where lower is better there is no share of the full-data score.

    Returns:
        ``dataset``, ``strategy``, ``seed``, ``last_round``, ``complete`` (as long as the longest), ``ceiling`` (the
        dataset's full-data score), then ``FIGURES``: ``final`` (score of the last round), ``aubc``,
        ``foreground_efficiency``, ``slices_to_90`` and ``slices_to_95`` (slices annotated when that share of the
        ceiling was reached), ``slices``, ``scans`` (with at least one slice), ``foreground_voxels`` and
        ``boundary_voxels`` annotated by the end, ``query_seconds`` (all queries). NaN where a figure is missing.
    """
    rows = []
    for dataset in found.datasets:
        runs = only(found.runs, dataset)
        longest = max(len(run.rounds) for run in runs)
        ceiling = ceiling_of(found, dataset, metric, split, class_name)
        for run in runs:
            complete = len(run.rounds) == longest or run.rounds[-1]["labelled"] == run.rounds[-1]["pool"]
            figures = _figures(run, metric, split, class_name, ceiling, higher_is_better) if complete else {}
            head = {"dataset": dataset, "strategy": run.label, "seed": run.seed, "last_round": run.rounds[-1]["round"]}
            tail = {name: figures.get(name, NAN) for name in FIGURES}
            rows.append({**head, "complete": complete, "ceiling": ceiling, **tail})
    return pd.DataFrame(rows)


def ceiling_of(found: RunSet, dataset: str, metric: str, split: str, class_name: str = MEAN) -> float:
    """The full-data score of a dataset, averaged over seeds; NaN where there is no full-data run."""
    scores = [score_of(run.rounds[-1], metric, split, class_name) for run in only(found.ceilings, dataset)]
    known = [score for score in scores if not np.isnan(score)]
    return float(np.mean(known)) if known else NAN


def score_of(record: Mapping[str, Any], metric: str, split: str, class_name: str = MEAN) -> float:
    """One score of a round; NaN where it was not measured or is not defined."""
    score = record["scores"].get(split, {}).get(metric, {})
    value = score.get("mean") if class_name == MEAN else score.get("per_class", {}).get(class_name)
    return NAN if value is None else float(value)


def _figures(
    run: RunRecord, metric: str, split: str, class_name: str, ceiling: float, higher_is_better: bool
) -> dict[str, float]:
    labelled = _column(run.rounds, "labelled")
    score = np.array([score_of(record, metric, split, class_name) for record in run.rounds])
    pool = run.environment["dataset"].get("pool", {}).get("foreground") or NAN
    foreground = _column(run.rounds, "foreground_voxels")
    return {
        "final": float(score[-1]),
        "aubc": area_under_budget_curve(labelled, score),
        "foreground_efficiency": foreground_efficiency(foreground / pool, score, ceiling),
        **{
            name: annotation_to_reach(labelled, score, share * ceiling if higher_is_better else NAN)
            for name, share in REACHED
        },
        "slices": float(labelled[-1]),
        "scans": float(_column(run.rounds, "scans_labelled")[-1]),
        "foreground_voxels": float(foreground[-1]),
        "boundary_voxels": float(_column(run.rounds, "boundary_voxels")[-1]),
        "query_seconds": float(sum(record["seconds"].get("query", NAN) for record in run.rounds)),
    }


def _column(rounds: Sequence[Mapping[str, Any]], name: str) -> "np.ndarray[Any, np.dtype[np.float64]]":
    return np.array([record.get(name, NAN) for record in rounds], dtype=np.float64)
