"""Tables of comparisons: ranks, pairs and penalties."""

from dataclasses import replace

import pandas as pd
from alseg.show.table import MISSING, Cell, Column, Row, Table, make_table, square_table

from alseg_results.overview import Overview


def comparison_tables(overview: Overview) -> list[Table]:
    """All that there are."""
    makers = (control_tables, rank_tables, pair_tables, penalty_tables)
    return [table for make in makers for table in make(overview)]


def control_tables(overview: Overview) -> list[Table]:
    """Every other strategy against the control."""
    comparison, verdicts = overview.comparison, overview.comparison.verdicts
    if verdicts is None or not len(verdicts.table):
        return []
    blocks = "datasets, seeds averaged" if verdicts.over_datasets else "pairs of dataset and seed"
    within = "" if verdicts.margin is None else f"; margin {verdicts.margin:g}: Bayesian signed-rank test"
    return [
        make_table(
            "control",
            f"against {verdicts.control}, by {comparison.measure}, {overview.measure.title}",
            [
                Column("strategy", overview.found.heading),
                Column("verdict", "verdict"),
                Column("blocks", "blocks", 0),
                Column("difference", "difference", 4, signed=True),
                Column("low", "95 % from", 4, signed=True),
                Column("high", "to", 4, signed=True),
                Column("p", "p", 3),
                Column("p_holm", "p (Holm)", 3),
                Column("worse", "worse", 0, share=True),
                Column("equal", "equal", 0, share=True),
                Column("better", "better", 0, share=True),
            ],
            verdicts.table.to_dict("records"),
            caption=f"blocks: {blocks}; interval: t, over seeds on this split; p: Wilcoxon, corrected{within}",
        )
    ]


def rank_tables(overview: Overview) -> list[Table]:
    """Mean ranks, and the test of every two of them."""
    comparison, ranking = overview.comparison, overview.comparison.ranking
    if ranking is None or len(ranking.mean_ranks) < 2:
        return []
    left = {} if ranking.extremes is None else ranking.extremes.to_dict("index")
    unknown = {"lowest": None, "highest": None}
    records = [{"strategy": name, "rank": rank, **left.get(name, unknown)} for name, rank in ranking.mean_ranks.items()]
    columns = [
        Column("strategy", overview.found.heading),
        Column("rank", "mean rank", 2, best="lowest"),
        Column("lowest", "less a seed, from", 2),
        Column("highest", "to", 2),
    ]
    over = "datasets, seeds averaged" if ranking.over_datasets else "pairs of dataset and seed"
    caption = f"1 is best; over {ranking.blocks} {over}" + ("; each seed left out in turn" if left else "")
    tables = [make_table("ranks", f"mean ranks by {comparison.measure}", columns, records, caption=caption)]
    if ranking.posthoc is not None:
        title = "p of the Nemenyi test between ranks"
        tables.append(_matrix("nemenyi", title, ranking.posthoc, Column("", "", 3), "low: the ranks differ"))
    return tables


def pair_tables(overview: Overview) -> list[Table]:
    """Differences of every two, on the runs that they share."""
    comparison = overview.comparison
    if not len(comparison.pairs):
        return []
    columns = [
        Column("first", overview.found.heading),
        Column("second", "against"),
        Column("pairs", "pairs", 0),
        Column("difference", "difference", 4, signed=True),
        Column("low", "95 % from", 4, signed=True),
        Column("high", "to", 4, signed=True),
        Column("p", "p", 3),
        Column("p_holm", "p (Holm)", 3),
        Column("effect", "effect size", 2),
        Column("won", "won", 0, share=True),
    ]
    records = [{**row, "strategy": row["first"], "rival": row["second"]} for row in comparison.pairs.to_dict("records")]
    return [
        make_table(
            "pairs",
            f"paired differences of {comparison.measure}, {overview.measure.title}",
            columns,
            records,
            caption="interval: t, over seeds on this split; p: Wilcoxon signed-rank test; effect size: mean by "
            "standard deviation; won: share of the pairs",
            row_is_about=("strategy", "rival"),
        )
    ]


def penalty_tables(overview: Overview) -> list[Table]:
    """How often one beats another, without and with correction."""
    penalties = overview.comparison.penalties
    if penalties.plain.isna().all(axis=None):
        return []
    column = Column("", "", 2)
    plain, corrected = "how often the row beats the column", "the same, all tests of a dataset corrected"
    made = [
        (_matrix("penalties", "penalty matrix", penalties.plain, column, plain), penalties.plain),
        (_matrix("penalties-holm", "penalty matrix, Holm", penalties.holm, column, corrected), penalties.holm),
    ]
    return [_with_means(table, matrix, column) for table, matrix in made]


def _with_means(table: Table, matrix: pd.DataFrame, column: Column) -> Table:
    """The table with the mean of each row behind it, and of each column under it: wins, and defeats."""
    wins, defeats = matrix.mean(axis=1), matrix.mean(axis=0)

    def cell(value: float) -> Cell:
        return column.cell({column.name: value})

    rows = [replace(row, cells=(*row.cells, cell(wins[name]))) for row, name in zip(table.rows, matrix, strict=True)]
    last = Row((Cell("mean", "mean"), *(cell(defeats[name]) for name in matrix), Cell(MISSING)))
    caption = f"{table.caption}; last column: mean of wins; last row: mean of defeats"
    return replace(table, columns=(*table.columns, "mean"), rows=(*rows, last), caption=caption)


def _matrix(key: str, title: str, matrix: pd.DataFrame, column: Column, caption: str) -> Table:
    names = [str(name) for name in matrix.index]
    values = {(row, name): float(matrix.loc[row, name]) for row in names for name in names if row != name}
    return square_table(key, title, values, names, column, caption)
