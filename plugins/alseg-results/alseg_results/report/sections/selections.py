"""Selections: which slices each strategy chose."""

from collections.abc import Sequence
from typing import Any

from alseg_results.report.charts import by_round, matrix
from alseg_results.report.charts.chart import Chart
from alseg_results.report.page import Drawing, Section
from alseg_results.report.sections.montages import pictures
from alseg_results.report.subject import Subject
from alseg_results.runs import RunRecord
from alseg_results.tables.selections import selection_tables

N_BINS = 10
"""Parts of a scan, by position, that the heat map tells apart."""


def section(subject: Subject) -> Section:
    """Where the queried slices lie, how much foreground they hold, and what they look like."""
    drawings = (*_position_drawings(subject), *_foreground_drawings(subject))
    montages, missing = pictures(subject)
    text = [
        "Slices that strategies queried, initial slices and pseudo-labels left out. Evenness of positions is 1 where "
        "all parts of a scan are chosen alike."
    ]
    if not drawings:
        text.append(
            "These runs were written before alseg recorded how long scans are and how much foreground slices hold."
        )
    tables = tuple(selection_tables(subject.results))
    return Section("selections", "Selections", (*text, *missing), drawings, tables, montages)


def _position_drawings(subject: Subject) -> tuple[Drawing, ...]:
    """Where in its scan a queried slice lies, as a heat map per dataset; none where no run recorded it."""
    rows: list[dict[str, Any]] = []
    for dataset, strategy in subject.pairs:
        shares = _position_shares(subject.runs_of(dataset, strategy))
        about = {"dataset": dataset, "strategy": strategy}
        rows += [{**about, "part": _part(place), "value": share} for place, share in enumerate(shares)]
    if not rows:
        return ()
    most = max(row["value"] for row in rows)
    titles = ("position in the scan, from the first slice to the last", "strategy", "share of the queried slices")
    chart = Chart(
        "positions",
        "Position of the queried slices in their scan",
        "",
        matrix.spec("part", "strategy", titles=titles, form=".0%", most=most, order=subject.strategies),
        {"cells": rows},
        {"strategy": "Strategy", "part": "Part of the scan", "value": "Share of the queried slices"},
        main="cells",
        height=None,
    )
    datasets = dict.fromkeys(row["dataset"] for row in rows)
    return tuple(
        Drawing(
            chart,
            f"Where in the scan: {subject.title(dataset)}",
            f"Heat map: share of each strategy's queried slices by their relative position in the scan, "
            f"{subject.title(dataset)}. Even choice gives {1 / N_BINS:.0%} in every part.",
            dataset,
            wide=True,
        )
        for dataset in datasets
    )


def _foreground_drawings(subject: Subject) -> tuple[Drawing, ...]:
    """Share of the queried pixels that are foreground, round by round; none where no run recorded it."""
    rows: list[dict[str, Any]] = []
    for dataset, strategy in subject.pairs:
        shares = _foreground_shares(subject.runs_of(dataset, strategy))
        about = {"dataset": dataset, "strategy": strategy}
        rows += [{**about, "round": number, "value": share} for number, share in shares.items()]
    if not rows:
        return ()
    y_title = "foreground in the queried slices"
    chart = Chart(
        "foreground",
        "Foreground in the queried slices",
        "",
        by_round.spec(subject.strategies, y_title, form=".1%"),
        {"rounds": rows},
        {"strategy": "Strategy", "round": "Round", "value": "Share of the pixels that is foreground"},
        main="rounds",
        figure=by_round.spec(subject.strategies, y_title, form=".1%", with_legend=True),
    )
    return tuple(
        Drawing(
            chart,
            f"Share of foreground: {subject.title(dataset)}",
            f"Lines: share of foreground among the pixels of the slices queried in each round, mean over seeds, "
            f"{subject.title(dataset)}.",
            dataset,
        )
        for dataset in dict.fromkeys(row["dataset"] for row in rows)
    )


def _queried(run: RunRecord) -> list[dict[str, Any]]:
    return [dict(row) for row in run.selections if row["kind"] == "query"]


def _position_shares(runs: Sequence[RunRecord]) -> list[float]:
    """Share of all runs' queried slices in each part of the scan; empty where the scans' lengths are unknown."""
    counts = [0] * N_BINS
    for run in runs:
        for row in _queried(run):
            if row.get("scan_slices"):
                counts[min(int((int(row["position"]) + 0.5) / int(row["scan_slices"]) * N_BINS), N_BINS - 1)] += 1
    total = sum(counts)
    return [count / total for count in counts] if total else []


def _foreground_shares(runs: Sequence[RunRecord]) -> dict[int, float]:
    """Foreground pixels over all pixels of the slices queried in each round, all seeds together."""
    drawn: dict[int, list[int]] = {}
    for run in runs:
        for row in _queried(run):
            if row.get("foreground"):
                sums = drawn.setdefault(int(row["round"]), [0, 0])
                sums[0] += int(row["foreground"])
                sums[1] += int(row["height"]) * int(row["width"])
    return {number: drawn_pixels / pixels for number, (drawn_pixels, pixels) in sorted(drawn.items())}


def _part(place: int) -> str:
    return f"{100 * place // N_BINS}–{100 * (place + 1) // N_BINS} %"
