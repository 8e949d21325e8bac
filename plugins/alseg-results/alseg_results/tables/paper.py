"""The table of one's own figures beside the paper's."""

from alseg.show.table import Column, Table, make_table

from alseg_results.against import Published

WORDS = {1: "within 1 sd", 2: "within 2 sd", 0: "beyond 2 sd"}


def paper_table(published: Published) -> Table:
    """A row per dataset, strategy and round of both."""
    records = [
        {
            **row,
            "run": f"{row['strategy']} on {row['dataset']}",
            "own_mean": row["mean"],
            "own_std": row["std"],
            "spread": WORDS[row["within"]],
        }
        for row in published.table.to_dict("records")
    ]
    columns = [
        Column("run", "strategy"),
        Column("spread", "sd of the paper"),
        Column("round", "round", 0),
        Column("seeds", "seeds", 0),
        Column("own", "own", 3, spread=True),
        Column("paper", "paper", 3, spread=True),
        Column("difference", "difference", 3, signed=True),
    ]
    return make_table("paper", "beside Burmeister et al. 2022", columns, records, caption="three seeds in the paper")
