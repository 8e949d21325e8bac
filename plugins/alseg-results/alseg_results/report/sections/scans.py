"""Single scans: on which of them strategies fail."""

from typing import Any

from alseg_results.report.charts import matrix
from alseg_results.report.charts.chart import Chart
from alseg_results.report.page import Drawing, Section
from alseg_results.report.subject import Subject
from alseg_results.scans import of_class

MOST_SCANS = 40
"""Scans of a heat map: the worst ones, where there are more."""


def section(subject: Subject) -> Section | None:
    """A heat map of scans by strategies after the last round; None where no run has scores of scans."""
    scans, _ = subject.overview.last_scans
    higher = subject.measure.higher_is_better
    if scans.empty or higher is None:
        return None
    values = of_class(scans, subject.measure.class_name).dropna(subset="value")
    rows: list[dict[str, Any]] = []
    worst, left_out = {}, []
    for dataset in dict.fromkeys(values["dataset"]):
        means = values[values["dataset"] == dataset].groupby(["scan", "strategy"])["value"].mean()
        order = means.groupby("scan").mean().sort_values(ascending=higher, kind="stable").index
        shown = set(order[:MOST_SCANS])
        rows += [
            {"dataset": dataset, "scan": scan, "strategy": name, "value": float(value)}
            for (scan, name), value in means.items()
            if scan in shown
        ]
        worst[str(dataset)] = str(order[0])
        left_out += [f"{subject.title(dataset)} has {len(order)} scans"] if len(order) > MOST_SCANS else []
    more = f" The worst {MOST_SCANS} are shown: {'; '.join(left_out)}." if left_out else ""
    text = (
        f"Scores ({subject.measure.metric}) of each {subject.measure.split} scan after the last round, over seeds, "
        "the worst scan first. A scan on which all strategies fail is a matter of the data or the model; one on which "
        f"some do is theirs.{more}",
    )
    return Section("scans", "Single scans", text, _drawings(subject, rows, worst, ascending=higher))


def _drawings(
    subject: Subject, rows: list[dict[str, Any]], worst: dict[str, str], *, ascending: bool
) -> tuple[Drawing, ...]:
    measured = subject.measure.title
    least, most = (pick(row["value"] for row in rows) for pick in (min, max))
    titles = ("strategy", "scan", subject.measure.metric)
    spec = matrix.spec("strategy", "scan", titles=titles, form=".2f", least=least, most=most, order=())
    order = "ascending" if ascending else "descending"
    spec["encoding"]["y"]["sort"] = {"op": "mean", "field": "value", "order": order}
    chart = Chart(
        "scans",
        "Scores of single scans",
        "",
        spec,
        {"cells": rows},
        {"scan": "Scan", "strategy": "Strategy", "value": subject.measure.metric},
        main="cells",
        height=None,
    )
    return tuple(
        Drawing(
            chart,
            f"Scores of single scans: {subject.title(dataset)}",
            f"Heat map: {measured} of each scan of {subject.title(dataset)} for each strategy after the last round. "
            f"Worst: {scan}.",
            dataset,
            wide=matrix.width(subject.strategies, [row["scan"] for row in rows]) > matrix.HALF,
        )
        for dataset, scan in worst.items()
    )
