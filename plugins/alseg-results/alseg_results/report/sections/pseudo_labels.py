"""Pseudo-labels: how many, how many blocks got none, and how good they are."""

from collections.abc import Sequence
from statistics import fmean
from typing import Any

from alseg.show.table import Column, make_table

from alcore import AlsegError
from alseg_results.report.charts import by_round
from alseg_results.report.charts.chart import Chart
from alseg_results.report.page import Drawing, Section
from alseg_results.report.pseudo_labels import pseudo_label_dice
from alseg_results.report.stores import store_of
from alseg_results.report.subject import Subject
from alseg_results.runs import RunRecord


def section(subject: Subject) -> Section | None:
    """Counts and quality of pseudo-labels; None where no strategy chose blocks."""
    pairs = [
        pair for pair in subject.pairs if any(r.get("blocks") for run in subject.runs_of(*pair) for r in run.rounds)
    ]
    if not pairs:
        return None
    counts, qualities = [], []
    records: list[dict[str, Any]] = []
    missing: dict[str, list[str]] = {}
    for dataset, strategy in pairs:
        runs = subject.runs_of(dataset, strategy)
        about = {"dataset": dataset, "strategy": strategy}
        counts += [{**about, "round": k, "value": value} for k, value in _by_round(runs, "pseudo_labelled").items()]
        dice, why = _dice(runs)
        for reason in why:
            missing.setdefault(reason, []).append(f"{strategy} on {dataset}")
        qualities += [{**about, "round": k, "value": value} for k, value in dice.items()]
        records.append({**about, **_values(runs, dice)})
    tables = tuple(
        make_table(
            f"pseudo-labels-{place}",
            f"blocks and pseudo-labels on {subject.title(dataset)}",
            [
                Column("strategy", subject.results.heading),
                Column("blocks", "blocks queried", 1),
                Column("failed", "not interpolated", 1),
                Column("share", "share", 0, share=True),
                Column("pseudo", "slices pseudo-labelled at the end", 1),
                Column("dice", "Dice of pseudo-labels", 3),
            ],
            [record for record in records if record["dataset"] == dataset],
            caption="mean over seeds",
            about={"dataset": dataset},
        )
        for place, dataset in enumerate(dict.fromkeys(dataset for dataset, _ in pairs))
    )
    text = [
        "Where a strategy queries blocks, an interpolator labels the slices between the two annotated ends. "
        "The Dice compares these pseudo-labels with the true labels, which training never sees: of those still in use "
        "after the last round, by the round that made them, over the foreground classes present.",
        *(f"It is not measured for {', '.join(names)}: {why}." for why, names in missing.items()),
    ]
    return Section(
        "pseudo-labels",
        "Pseudo-labels",
        tuple(text),
        (
            *_drawings(subject, "pseudo-labelled", "Pseudo-labelled slices", "slices with a pseudo-label", "", counts),
            *_drawings(subject, "pseudo-dice", "Quality of pseudo-labels", "Dice of pseudo-labels", "", qualities),
        ),
        tables,
    )


def _drawings(
    subject: Subject, key: str, title: str, measured: str, form: str, rows: Sequence[dict[str, Any]]
) -> list[Drawing]:
    columns = {"strategy": "Strategy", "round": "Round", "value": measured}
    spec = by_round.spec(subject.strategies, measured, form=form)
    figure = by_round.spec(subject.strategies, measured, form=form, with_legend=True)
    chart = Chart(key, title, "", spec, {"rounds": rows}, columns, main="rounds", figure=figure)
    return [
        Drawing(
            chart,
            f"{title}: {subject.title(dataset)}",
            f"Lines: {measured} by round for each strategy that queries blocks, mean over seeds, "
            f"{subject.title(dataset)}.",
            dataset,
        )
        for dataset in dict.fromkeys(row["dataset"] for row in rows)
    ]


def _values(runs: Sequence[RunRecord], dice: dict[int, float]) -> dict[str, float | None]:
    blocks = fmean(sum(record.get("blocks", 0) for record in run.rounds) for run in runs)
    failed = fmean(sum(record.get("blocks_not_interpolated", 0) for record in run.rounds) for run in runs)
    known = [value for value in dice.values() if value == value]
    return {
        "blocks": blocks,
        "failed": failed,
        "share": failed / blocks if blocks else None,
        "pseudo": fmean(run.rounds[-1].get("pseudo_labelled", 0) for run in runs),
        "dice": fmean(known) if known else None,
    }


def _by_round(runs: Sequence[RunRecord], name: str) -> dict[int, float]:
    values: dict[int, list[float]] = {}
    for run in runs:
        for record in run.rounds:
            values.setdefault(record["round"], []).append(record.get(name, 0))
    return {number: fmean(found) for number, found in sorted(values.items())}


def _dice(runs: Sequence[RunRecord]) -> tuple[dict[int, float], list[str]]:
    """Mean Dice over the seeds by round, and why it is missing where it is."""
    values: dict[int, list[float]] = {}
    why: list[str] = []
    for run in runs:
        try:
            with store_of(run) as store:
                for number, dice in pseudo_label_dice(run, store).items():
                    values.setdefault(number, []).append(dice)
        except AlsegError as error:
            why.append(error.message)
    return {number: fmean(found) for number, found in sorted(values.items())}, list(dict.fromkeys(why))
