"""Results: scores at chosen rounds, per class, what they cost in annotation."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from alcore.report.measure import Measure
from alcore.report.page import Section
from alcore.report.subject import Subject
from alcore.report.tables import Cell, Row, Table, mark_best, number, word
from alcore.results.runs import FULL_DATA
from alcore.results.tidy import MEAN

if TYPE_CHECKING:
    import pandas as pd

EFFICIENCY = (
    ("final", "final", 3),
    ("aubc", "AUBC", 3),
    ("foreground_efficiency", "foreground efficiency", 2),
    ("slices_to_90", "slices to 90 %", 0),
    ("slices_to_95", "slices to 95 %", 0),
)
EFFORT = (
    ("slices", "slices", 0),
    ("scans", "scans touched", 1),
    ("foreground_voxels", "foreground voxels", 0),
    ("boundary_voxels", "boundary voxels", 0),
    ("query_seconds", "query (s)", 2),
)
LOWEST = frozenset({"slices_to_90", "slices_to_95"})


def section(subject: Subject, measure: Measure) -> Section:
    """The tables of the paper, and what lies behind them."""
    from alcore.results.curves import mean_curves, select
    from alcore.results.figures import per_run
    from alcore.results.summary import summarise
    from alcore.results.tidy import tidy

    curves = mean_curves(select(subject.scores, measure.metric, measure.split, None))
    ceilings = _measured(subject, measure)
    full = mean_curves(select(tidy(ceilings), measure.metric, measure.split, None)) if ceilings else None
    summary = summarise(
        per_run(subject.results, measure.metric, measure.split, higher_is_better=measure.higher_is_better is not False)
    )
    tables = (
        _by_round(subject, measure, curves, full),
        _by_class(subject, measure, curves, full),
        _summary(subject, "efficiency-table", f"Efficiency by {measure.title}", summary, EFFICIENCY, measure),
        _summary(subject, "effort-table", "What was annotated by the end of the run", summary, EFFORT, None),
    )
    text = (
        "Mean ± standard deviation over seeds; the best mean of a dataset stands out, which says nothing about whether "
        "the difference would hold with other seeds (see Comparison).",
        "AUBC: area under the score over slices annotated, divided by their range. Foreground efficiency: the rate at "
        "which the gap to the full-data score closes with the share of the foreground annotated. Slices to 90 %: "
        "annotated when that share of the full-data score was first reached; a dash where some seed never did, or "
        "where there is no full-data run.",
    )
    return Section("results", "Results", text, tables=tables)


def _measured(subject: Subject, measure: Measure) -> list[Any]:
    """The full-data runs that have such scores."""
    return [
        run for run in subject.results.ceilings if measure.metric in run.rounds[-1]["scores"].get(measure.split, {})
    ]


def _by_round(subject: Subject, measure: Measure, curves: "pd.DataFrame", full: "pd.DataFrame | None") -> Table:
    from alcore.results.curves import shown_rounds

    rounds = shown_rounds(curves)
    means = curves[curves["class"] == MEAN].set_index(["dataset", "strategy", "round"])
    rows = [
        Row(
            (
                word(strategy),
                *subject.dataset_cell(dataset),
                number(_seeds(subject, dataset, strategy), 0),
                *(_figure(means, (dataset, strategy, round_number)) for round_number in rounds),
            ),
            {"dataset": dataset, "strategy": strategy},
        )
        for dataset, strategy in subject.pairs
    ]
    before = 2 + len(subject.dataset_column)
    for column in range(before, before + len(rounds)):
        rows = list(_marked(rows, column, measure))
    if full is not None:
        rows += _full_rows(subject, full, len(rounds))
    return Table(
        "score-table",
        f"{measure.title.capitalize()}, mean of the foreground classes, after the given rounds{subject.where}",
        ("Strategy", *subject.dataset_column, "Seeds", *(f"round {round_number}" for round_number in rounds)),
        tuple(rows),
        text_columns=1 + len(subject.dataset_column),
    )


def _full_rows(subject: Subject, full: "pd.DataFrame", n_rounds: int) -> list[Row]:
    """The full-data score, in the last column."""
    last = full[full["class"] == MEAN].sort_values("round").groupby("dataset", sort=False).tail(1)
    return [
        Row(
            (
                word(FULL_DATA),
                *subject.dataset_cell(row["dataset"]),
                number(row["seeds"], 0),
                *([Cell("")] * (n_rounds - 1)),
                number(row["mean"], spread=row["std"]),
            ),
            {"dataset": row["dataset"]},
        )
        for row in last.to_dict("records")
    ]


def _by_class(subject: Subject, measure: Measure, curves: "pd.DataFrame", full: "pd.DataFrame | None") -> Table:
    import pandas as pd

    both = curves if full is None else pd.concat([curves, full])
    last = both[both["round"] == both.groupby(["dataset", "strategy"])["round"].transform("max")]
    table = last.set_index(["dataset", "strategy", "class"])
    classes = [name for name in dict.fromkeys(last["class"]) if name != MEAN]
    rows = []
    for dataset, strategy in dict.fromkeys(zip(last["dataset"], last["strategy"], strict=True)):
        about = {"dataset": dataset} if strategy == FULL_DATA else {"dataset": dataset, "strategy": strategy}
        cells = (_figure(table, (dataset, strategy, name)) for name in classes)
        rows.append(Row((word(strategy), *subject.dataset_cell(dataset), *cells), about))
    return Table(
        "class-table",
        f"{measure.title.capitalize()} per class after the last round{subject.where}",
        ("Strategy", *subject.dataset_column, *classes),
        tuple(rows),
        text_columns=1 + len(subject.dataset_column),
    )


def _summary(
    subject: Subject,
    key: str,
    caption: str,
    summary: "pd.DataFrame",
    columns: Sequence[tuple[str, str, int]],
    measure: Measure | None,
) -> Table:
    rows = [
        Row(
            (
                word(row["strategy"]),
                *subject.dataset_cell(row["dataset"]),
                *(number(row[f"{name}_mean"], digits, spread=row[f"{name}_std"]) for name, _, digits in columns),
            ),
            {"dataset": row["dataset"], "strategy": row["strategy"]},
        )
        for row in summary.to_dict("records")
    ]
    n_texts = 1 + len(subject.dataset_column)
    if measure is not None:
        for place, (name, _, _) in enumerate(columns, start=n_texts):
            rows = list(mark_best(rows, place, highest=False) if name in LOWEST else _marked(rows, place, measure))
    heads = ("Strategy", *subject.dataset_column, *(title for _, title, _ in columns))
    return Table(key, caption + subject.where, heads, tuple(rows), text_columns=n_texts)


def _marked(rows: Sequence[Row], column: int, measure: Measure) -> Sequence[Row]:
    if measure.higher_is_better is None:
        return rows
    return mark_best(rows, column, highest=measure.higher_is_better)


def _seeds(subject: Subject, dataset: str, strategy: str) -> int:
    return len(subject.runs_of(dataset, strategy))


def _figure(table: "pd.DataFrame", key: tuple[Any, ...]) -> Cell:
    if key not in table.index:
        return number(None)
    row = table.loc[key]
    return number(row["mean"], spread=row["std"])
