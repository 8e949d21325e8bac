"""The table of one's own figures beside published ones."""

from alseg.show.table import MISSING, Column, Table, make_table

from alseg_results.published.beside import Beside

WORDS = {1: "within 1 sd", 2: "within 2 sd", 0: "beyond 2 sd"}


def published_table(beside: Beside) -> Table:
    """A row per dataset, strategy and round of both."""
    records = [
        {
            **row,
            "run": f"{row['strategy']} on {row['dataset']}",
            **{"own_mean": row["mean"], "own_std": row["std"]},
            "spread": WORDS.get(row["within"], MISSING),
        }
        for row in beside.table.astype({"within": object}).to_dict("records")
    ]
    columns = [
        Column("run", "strategy"),
        Column("spread", "published sd"),
        Column("round", "round", 0),
        Column("seeds", "seeds", 0),
        Column("own", "own", 3, spread=True),
        Column("published", "published", 3, spread=True),
        Column("difference", "difference", 3, signed=True),
    ]
    seeds = sorted({point.seeds for point in beside.reference.points})
    caption = f"published: {' to '.join(map(str, dict.fromkeys((seeds[0], seeds[-1]))))} seeds" if seeds else ""
    return make_table("published", f"beside {beside.reference.title}", columns, records, caption=caption)
