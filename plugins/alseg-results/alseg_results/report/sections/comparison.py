"""Comparison: which differences between strategies hold, and which cannot be told from chance."""

from typing import TYPE_CHECKING, Any

from alseg_results.ranks import critical_difference, not_told_apart
from alseg_results.report.charts import matrix, ranks
from alseg_results.report.charts.chart import Chart
from alseg_results.report.page import Drawing, Section
from alseg_results.report.subject import Subject
from alseg_results.tables.comparison import control_tables, pair_tables
from alseg_results.tables.scans import scan_interval_tables

if TYPE_CHECKING:
    import pandas as pd

    from alseg_results.ranks import Ranking

METHOD = (
    "Strategies are compared by the area under the budget curve (AUBC) of runs paired by dataset and seed: mean ranks "
    "with Friedman's test, differences with t intervals and Wilcoxon's signed-rank test, corrected by Holm's "
    "method. All strategies take part, whichever are chosen to be shown."
)
PENALTIES = (
    "A cell of the penalty matrix counts in how many datasets the strategy of the row beats the one of the column: "
    "each round after the first counts by its share where a paired t-test over seeds is significant at 5 %, corrected "
    "by Holm's method over all pairs and rounds of a dataset. A strategy with a low column is seldom beaten. "
    "Two strategies are compared where they share three seeds."
)


def section(subject: Subject) -> Section:
    """Penalty matrix, ranks and tests of every pair."""
    compared = subject.overview.comparison
    drawings = [*_rank_drawing(subject, compared.ranking), *_penalty_drawing(subject, compared.penalties.holm)]
    if len(subject.strategies) < 2:
        return Section("comparison", "Comparison", compared.sentences)
    text = (*compared.sentences, _decided(subject), METHOD, *((PENALTIES,) if _tested(compared.penalties.holm) else ()))
    tables = (
        *control_tables(subject.overview),
        *pair_tables(subject.overview),
        *scan_interval_tables(subject.overview),
    )
    return Section("comparison", "Comparison", text, tuple(drawings), tables)


def _decided(subject: Subject) -> str:
    """What was decided before the runs, and what afterwards."""
    overview = subject.overview
    if overview.decided is None:
        return (
            "Nothing was decided before the runs: benchmark.toml has no section [decided]. Whatever was chosen after "
            "looking at results (metric, split, control, margin, number of seeds) makes p-values smaller than they are."
        )
    options = overview.decided.model_dump(exclude={"runs_before"}, exclude_none=True)
    said = ", ".join(f"{name} {_listed(value)}" for name, value in options.items() if value != ())
    later = "; ".join(overview.afterwards)
    return f"Decided before the runs: {said}. " + (
        f"Afterwards: {later}." if later else "Nothing was changed afterwards."
    )


def _listed(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _tested(penalties: "pd.DataFrame") -> bool:
    return bool(penalties.notna().to_numpy().any())


def _rank_drawing(subject: Subject, ranking: "Ranking | None") -> list[Drawing]:
    if ranking is None:
        return []
    rows = [{"strategy": name, "row": name, "value": float(value)} for name, value in ranking.mean_ranks.items()]
    bars = _bars(ranking)
    over = "datasets, seeds averaged" if ranking.over_datasets else "pairs of dataset and seed"
    told = (
        "; bars: how far apart two ranks must be to differ at 5 % (Nemenyi), and those that are nearer" if bars else ""
    )
    chart = Chart(
        "ranks",
        f"Mean ranks{subject.over(subject.results.datasets)}",
        f"Dots: mean rank of each strategy over {ranking.blocks} {over}, 1 is best{told}. "
        f"Best: {' and '.join(ranking.best)} with {rows[0]['value']:.2f}.",
        ranks.spec(subject.strategies, [str(row["row"]) for row in (*rows, *bars)]),
        {"ranks": rows, "bars": bars},
        {"strategy": "Strategy", "value": "Mean rank"},
        main="ranks",
        height=None,
    )
    return [Drawing.whole(chart)]


def _bars(ranking: "Ranking") -> list[dict[str, Any]]:
    """The critical difference and the groups within it; none where ranks were not tested."""
    if ranking.posthoc is None:
        return []
    difference = critical_difference(len(ranking.mean_ranks), ranking.blocks)
    groups = not_told_apart(ranking.mean_ranks, difference)
    bars = [{"row": f"critical difference {difference:.2f}", "value": 1.0, "end": 1.0 + difference}]
    for number, group in enumerate(groups, start=1):
        ends = [float(ranking.mean_ranks[name]) for name in (group[0], group[-1])]
        name = "not told apart" if len(groups) == 1 else f"not told apart ({number})"
        bars.append({"row": name, "value": ends[0], "end": ends[1]})
    return bars


def _penalty_drawing(subject: Subject, penalties: "pd.DataFrame") -> list[Drawing]:
    if not _tested(penalties):
        return []
    rows: list[dict[str, Any]] = [
        {"strategy": name, "rival": rival, "value": float(penalties.loc[name, rival])}
        for name in penalties.index
        for rival in penalties.columns
        if penalties.loc[name, rival] == penalties.loc[name, rival]
    ]
    titles = ("beaten by the row", "beats the column", "datasets")
    chart = Chart(
        "penalties",
        f"Pairwise penalty matrix{subject.over(subject.results.datasets)}",
        "Heat map: in how many datasets the strategy of the row beats the strategy of the column; "
        "the numbers are in the table below.",
        matrix.spec(
            "rival", "strategy", titles=titles, form=".2f", most=len(subject.results.datasets), order=subject.strategies
        ),
        {"cells": rows},
        {"strategy": "Strategy", "rival": "beats", "value": "in datasets"},
        main="cells",
        height=None,
    )
    return [Drawing.whole(chart, wide=matrix.width(penalties.index, penalties.index) > matrix.HALF)]
