"""Tables of comparisons: ranks, pairs and penalties."""

import pandas as pd
from alseg.show.table import Column, Table, make_table, square_table

from alseg_results.overview import Overview


def comparison_tables(overview: Overview) -> list[Table]:
    """All that there are."""
    return [*rank_tables(overview), *pair_tables(overview), *penalty_tables(overview)]


def rank_tables(overview: Overview) -> list[Table]:
    """Mean ranks, and the test of every two of them."""
    comparison, ranking = overview.comparison, overview.comparison.ranking
    if ranking is None or len(ranking.mean_ranks) < 2:
        return []
    records = [{"strategy": name, "rank": rank} for name, rank in ranking.mean_ranks.items()]
    columns = [Column("strategy", overview.found.heading), Column("rank", "mean rank", 2, best="lowest")]
    tables = [make_table("ranks", f"mean ranks by {comparison.measure}", columns, records, caption="1 is best")]
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
            caption="interval: t; p: Wilcoxon signed-rank test; effect size: mean by standard deviation; won: share of "
            "the pairs",
            row_is_about=("strategy", "rival"),
        )
    ]


def penalty_tables(overview: Overview) -> list[Table]:
    """How often one beats another, without and with correction."""
    comparison = overview.comparison
    if comparison.penalties.isna().all(axis=None):
        return []
    column = Column("", "", 2)
    return [
        _matrix("penalties", "penalty matrix", comparison.penalties, column, "how often the row beats the column"),
        _matrix(
            "penalties-holm",
            "penalty matrix, Holm",
            comparison.penalties_holm,
            column,
            "the same, all tests of a dataset corrected",
        ),
    ]


def _matrix(key: str, title: str, matrix: pd.DataFrame, column: Column, caption: str) -> Table:
    names = [str(name) for name in matrix.index]
    values = {(row, name): float(matrix.loc[row, name]) for row in names for name in names if row != name}
    return square_table(key, title, values, names, column, caption)
