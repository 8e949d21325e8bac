"""Tables of what was queried."""

import pandas as pd
from alseg.show.table import Column, Table, make_table

from alseg_results.audit import audit, overlaps
from alseg_results.runs import RunSet


def selection_tables(found: RunSet) -> list[Table]:
    """What strategies chose, and how much of it in common, of each dataset."""
    chosen, common = audit(found), overlaps(found)
    tables = []
    for place, dataset in enumerate(found.datasets):
        records = chosen[chosen["dataset"] == dataset].to_dict("records")
        title, about = found.title(dataset), {"dataset": dataset}
        tables.append(
            make_table(
                f"queried-{place}",
                f"where queried slices of {title} lie",
                [
                    Column("strategy", found.heading),
                    Column("queried", "slices", 0),
                    Column("scans_share", "scans", 0, share=True),
                    Column("slices_per_scan", "per scan", 1),
                    Column("position_evenness", "evenness", 2),
                    Column("adjacent_share", "adjacent", 0, share=True),
                    Column("nearest_slices", "nearest", 1),
                ],
                records,
                caption="evenness of positions in scans: 1 is even; adjacent to, and slices to the nearest, annotated "
                "slice",
                about=about,
            )
        )
        tables.append(
            make_table(
                f"shown-{place}",
                f"what queried slices of {title} show",
                [
                    Column("strategy", found.heading),
                    Column("size_ratio", "size vs. pool", 2),
                    Column("foreground_ratio", "foreground vs. pool", 2),
                    Column("foreground_slices_share", "with foreground", 0, share=True),
                    Column("foreground_slices_pool", "with foreground in the pool", 0, share=True),
                ],
                records,
                caption="columns marked 'vs. pool' are ratios per slice: 1 is what random selection would give",
                about=about,
            )
        )
        tables += _overlap_table(found, place, dataset, common[common["dataset"] == dataset])
    return [table for table in tables if len(table.columns) > 1]


def _overlap_table(found: RunSet, place: int, dataset: str, common: pd.DataFrame) -> list[Table]:
    order = {name: number for number, name in enumerate(found.labels)}
    records = [
        {**row, "strategy": row["first"], "rival": row["second"]}
        for row in common.to_dict("records")
        if order[row["first"]] < order[row["second"]]
    ]
    if not records:
        return []
    return [
        make_table(
            f"overlaps-{place}",
            f"slices of {found.title(dataset)} that two {found.compared} both queried",
            [
                Column("first", found.heading),
                Column("second", "and"),
                Column("overlap", "in common", 0, share=True),
                Column("expected", "by chance", 0, share=True),
            ],
            records,
            caption="share of the smaller number queried, under one seed; by chance: of two random selections",
            about={"dataset": dataset},
            row_is_about=("strategy", "rival"),
        )
    ]
