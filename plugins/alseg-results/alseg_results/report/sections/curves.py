"""Learning curves."""

import math
from typing import TYPE_CHECKING, Any

from alseg_results.report.charts import learning_curves
from alseg_results.report.charts.chart import Chart
from alseg_results.report.page import Choice, Drawing, Section
from alseg_results.report.subject import Subject
from alseg_results.tidy import MEAN

if TYPE_CHECKING:
    import pandas as pd

SPREADS = (
    *(("both", "± standard deviation and single seeds"), ("std", "± standard deviation")),
    *(("seeds", "single seeds"), ("none", "none")),
)
AXES = (("labelled", "slices annotated"), ("round", "round"))
MOST_ROWS = 60_000
"""Points that a page can hold without growing too heavy; beyond it, classes are left out for all metrics but one."""


def section(subject: Subject) -> Section:
    """The learning curves of each dataset."""
    made, notes = chart(subject)
    drawings = tuple(
        Drawing(
            made,
            f"Learning curves: {subject.title(dataset)}",
            f"Learning curves of {_count(subject, dataset)} on {subject.title(dataset)}: mean score over seeds with a "
            "band, and a dashed line for the score with all slices labelled where it was measured. "
            "The numbers are in the table below.",
            dataset,
            measured=True,
        )
        for dataset in subject.results.datasets
    )
    return Section("curves", "Learning curves", (*_text(subject), *notes), drawings)


def _text(subject: Subject) -> tuple[str, ...]:
    seeds = {len(subject.runs_of(*pair)) for pair in subject.pairs}
    band = "The band is one standard deviation over seeds to either side; thin lines are single seeds."
    if seeds == {1}:
        band = "Every strategy ran with a single seed, so there are no bands."
    elif 1 in seeds:
        band += " Where there is a single seed there is none."
    lines = "The dashed line is the score of training on all slices." if subject.results.full_data else ""
    return (" ".join(filter(None, ("Mean over seeds.", band, lines))),)


def _count(subject: Subject, dataset: str) -> str:
    n = sum(1 for name, _ in subject.pairs if name == dataset)
    return f"{n} strateg{'y' if n == 1 else 'ies'}"


def chart(subject: Subject) -> tuple[Chart, tuple[str, ...]]:
    """All curves and full-data scores: the page shows those of one dataset, metric, class and split at a time.

    Returns:
        The chart, and a sentence on what had to be left out.
    """
    from alseg_results.curves import mean_curves
    from alseg_results.tidy import tidy

    scores = subject.overview.scores
    seeds, curves = scores, mean_curves(scores)
    notes: tuple[str, ...] = ()
    if len(curves) > MOST_ROWS:
        curves = curves[(curves["class"] == MEAN) | (curves["metric"] == subject.measure.metric)]
        notes = (f"There are so many curves that single classes are shown for {subject.measure.metric} alone.",)
    if len(seeds) > MOST_ROWS:
        seeds = seeds[(seeds["class"] == MEAN) & (seeds["metric"] == subject.measure.metric)]
        notes = (*notes, f"Single seeds are shown for the mean {subject.measure.metric} alone.")
    ratios = _ratios(scores)
    full = _records(mean_curves(tidy(subject.results.full_data))) if subject.results.full_data else []
    last = {(row["dataset"], row["strategy"], row["split"], row["metric"], row["class"]): row for row in full}
    full_data = [{**_row(row, ratios), "text": f"{row['strategy']}: {row['mean']:.3f}"} for row in last.values()]
    fields = ["dataset", "split", "metric", "class", "strategy", "seed", "round", "labelled", "value"]
    made = Chart(
        "learning-curves",
        "Learning curves",
        "",
        learning_curves.spec(subject.strategies, with_legend=False),
        {
            "curves": [_row(row, ratios, "round", "labelled", "strategy") for row in _records(curves)],
            "seeds": _records(seeds[fields]),
            "full_data": full_data,
        },
        {},
        main="curves",
        height=320,
        figure=learning_curves.spec(subject.strategies, with_legend=True),
    )
    return made, notes


def _records(frame: "pd.DataFrame") -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = frame.to_dict("records")
    return records


def _ratios(scores: "pd.DataFrame") -> frozenset[str]:
    """Metrics all of whose scores lie between 0 and 1: no band of theirs goes beyond."""
    ends = scores.groupby("metric")["value"].agg(["min", "max"])
    return frozenset(ends[(ends["min"] >= 0) & (ends["max"] <= 1)].index)


def _row(row: dict[str, Any], ratios: frozenset[str], *more: str) -> dict[str, Any]:
    kept = {name: row[name] for name in ("dataset", "split", "metric", "class", "seeds", *more)}
    spread = 0.0 if math.isnan(row["std"]) else row["std"]
    low, high = row["mean"] - spread, row["mean"] + spread
    if row["metric"] in ratios:
        low, high = max(low, 0.0), min(high, 1.0)
    return {**kept, "value": row["mean"], "low": low, "high": high}


def choices(subject: Subject) -> tuple[Choice, ...]:
    """What the curves can be made to show; they begin with the measure of the tables."""
    scores, measure = subject.overview.scores, subject.measure

    def options(column: str, first: str) -> tuple[tuple[str, str], ...]:
        return tuple((name, name) for name in dict.fromkeys((first, *scores[column])))

    classes = tuple((name, "mean of foreground" if name == MEAN else name) for name, _ in options("class", MEAN))
    return (
        Choice("metric", "Metric", options("metric", measure.metric)),
        Choice("class", "Class", classes),
        Choice("split", "Scans", options("split", measure.split)),
        Choice("x", "Horizontal axis", AXES),
        Choice("spread", "Spread", SPREADS),
    )
