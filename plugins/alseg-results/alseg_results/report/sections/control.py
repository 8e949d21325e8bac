"""Difference to the control, round by round."""

from alseg_results.control_curves import LEAST_SEEDS, differences_by_round
from alseg_results.measure import select
from alseg_results.report.charts import differences
from alseg_results.report.charts.chart import Chart
from alseg_results.report.page import Drawing, Section
from alseg_results.report.subject import Subject


def section(subject: Subject) -> Section | None:
    """Where in the budget each strategy gains on the control; None without a control or anything beside it."""
    control, measure = subject.overview.control, subject.measure
    if control is None:
        return None
    scores = select(subject.overview.scores, measure.metric, measure.split, measure.class_name)
    found = differences_by_round(scores, control)
    if found.empty:
        return None
    rows = [{**row, "value": row["difference"]} for row in found.to_dict("records")]
    columns = {
        **{"strategy": "Strategy", "labelled": "Slices annotated", "value": "Difference"},
        **{"low": "Band from", "high": "Band to", "seeds": "Seeds"},
    }
    chart = Chart(
        "difference",
        f"Difference to {control}",
        "",
        differences.spec(subject.strategies, control, with_legend=False),
        {"differences": rows, "bands": [row for row in rows if row["low"] == row["low"]]},
        columns,
        main="differences",
        height=300,
        figure=differences.spec(subject.strategies, control, with_legend=True),
    )
    drawings = tuple(
        Drawing(
            chart,
            f"Difference to {control}: {subject.title(str(dataset))}",
            f"Lines: mean paired difference of {measure.title} to {control} by slices annotated, with a band that "
            f"holds for all rounds at once, on {subject.title(str(dataset))}.",
            str(dataset),
        )
        for dataset in dict.fromkeys(found["dataset"])
    )
    return Section("control", f"Difference to {control}", (_text(found["seeds"].min(), measure.title),), drawings)


def _text(seeds: int, measured: str) -> str:
    what = f"Mean difference of {measured} over the seeds that both have: where in the budget a strategy gains."
    if seeds < LEAST_SEEDS:
        return f"{what} A band needs {LEAST_SEEDS} shared seeds."
    return (
        f"{what} The band holds for all rounds at once (95 %, Bonferroni): where it leaves 0, the difference is no "
        "accident of the seeds, on this split."
    )
