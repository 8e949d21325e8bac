"""Tables of scores: at chosen rounds, per class, over whole curves, and what they cost in annotation."""

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pandas as pd
from alseg.show.table import MISSING, Best, Column, Record, Table, make_table

from alseg_results.full_data import FULL_DATA
from alseg_results.overview import Overview
from alseg_results.tidy import MEAN


def rounds_table(overview: Overview, dataset: str, *, per_class: bool = False) -> Table | None:
    """The paper's table: a row per strategy (and class), a column per round; None where no run has such scores."""
    curves = _of(overview.at_rounds(), dataset)
    if curves.empty:
        return None
    measure = overview.measure
    most = int(curves["seeds"].max())
    classes = list(dict.fromkeys(curves["class"])) if per_class else [measure.class_name]
    best = None if per_class else _best(overview)
    columns = [
        Column("strategy", overview.found.heading),
        *([Column("class", "class")] if per_class else []),
        *(Column(f"{number}", head, 3, spread=True, best=best) for number, head in _heads(curves)),
    ]
    records = []
    for strategy in dict.fromkeys(curves["strategy"]):
        for class_name in classes:
            rows = curves[(curves["strategy"] == strategy) & (curves["class"] == class_name)]
            records.append({"strategy": strategy, "class": class_name, "seeds": most, **_by_round(rows, columns)})
    what = measure.title if not per_class else replace(measure, class_name=MEAN).title
    return make_table(
        f"rounds-{overview.place(dataset)}",
        f"{what} of {overview.found.title(dataset)}",
        columns,
        records,
        caption=f"round (slices annotated); {_spread(most)}{_full_data(overview, dataset)}",
        about={"dataset": dataset},
    )


def class_table(overview: Overview, dataset: str) -> Table | None:
    """Each class after the last round, a column per class; None where there is one class alone."""
    curves, full = _of(overview.curves, dataset), _of(overview.full_data, dataset)
    both = pd.concat([part for part in (curves, full) if not part.empty]) if not curves.empty else curves
    classes = [name for name in dict.fromkeys(curves["class"]) if name != MEAN]
    if len(classes) < 2:
        return None
    last = both[both["round"] == both.groupby("strategy")["round"].transform("max")]
    most = int(last["seeds"].max())
    columns = [
        Column("strategy", overview.found.heading),
        *(Column(name, name, 3, spread=True, best=_best(overview)) for name in classes),
    ]
    records = [
        {"strategy": strategy, "seeds": most, **_spelt(rows.set_index("class"), classes)}
        for strategy, rows in last.groupby("strategy", sort=False)
    ]
    return make_table(
        f"classes-{overview.place(dataset)}",
        f"{replace(overview.measure, class_name=MEAN).title} of {overview.found.title(dataset)}, per class",
        columns,
        records,
        caption=f"after the last round; {_spread(most)}",
        about={"dataset": dataset},
    )


def whole_table(overview: Overview, dataset: str) -> Table:
    """What strategies scored over the whole curve."""
    reached = _not_reached if overview.measure.higher_is_better else None
    table = make_table(
        f"whole-{overview.place(dataset)}",
        f"whole curves on {overview.found.title(dataset)}",
        [
            Column("strategy", overview.found.heading),
            Column("seeds", "seeds", 0),
            Column("final", "final", 3, spread=True, best=_best(overview)),
            Column("aubc", "AUBC", 3, spread=True, best=_best(overview)),
            Column("foreground_efficiency", "foreground efficiency", 1, spread=True, best="highest"),
            Column("foreground_efficiency_pooled", "efficiency, pooled", 1),
            Column("foreground_efficiency_r2", "R² of pooled", 2),
            Column(
                "slices_to_90", "slices to 90 %", 0, spread=True, best="lowest", said=_reached("slices_to_90", reached)
            ),
            Column(
                "slices_to_95", "slices to 95 %", 0, spread=True, best="lowest", said=_reached("slices_to_95", reached)
            ),
        ],
        _of(overview.summary, dataset).to_dict("records"),
        about={"dataset": dataset},
    )
    return replace(table, caption=" ".join(_about_whole(overview, dataset, table)))


def effort_table(overview: Overview, dataset: str) -> Table:
    """What was annotated by the end, and the time of queries."""
    return make_table(
        f"effort-{overview.place(dataset)}",
        f"effort on {overview.found.title(dataset)}",
        [
            Column("strategy", overview.found.heading),
            Column("slices", "slices", 0, spread=True),
            Column("scans", "scans", 0, spread=True),
            Column("foreground_voxels", "foreground voxels", 0, spread=True),
            Column("boundary_voxels", "boundary voxels", 0, spread=True),
            Column("query_seconds", "query seconds", 1, spread=True),
        ],
        _of(overview.summary, dataset).to_dict("records"),
        caption="annotated by the last round",
        about={"dataset": dataset},
    )


def _about_whole(overview: Overview, dataset: str, table: Table) -> Iterator[str]:
    full_data = _of(overview.figures, dataset)["full_data"].dropna().unique().tolist()
    score = f" {full_data[0]:.3f}" if len(full_data) == 1 else ""
    if "AUBC" in table.columns:
        yield "AUBC: area under the score over slices annotated, by their range."
    if not full_data:
        yield "No full-data score was found, so foreground efficiency and slices to a share of it are missing."
    if "foreground efficiency" in table.columns:
        yield f"Foreground efficiency: how fast the gap to the full-data score{score} closes with annotated foreground;"
        yield "pooled: one fit to all seeds, and how well it fits."
    if {"slices to 90 %", "slices to 95 %"} & set(table.columns):
        yield f"Slices to 90 %: annotated when that share of the full-data score{score} was first reached."


def _reached(name: str, said: Any) -> Any:
    return None if said is None else lambda record: said(record, name)


def _not_reached(record: Record, name: str) -> str:
    if math.isnan(record["full_data"]) or not record["seeds"] or not record["final_seeds"]:
        return MISSING
    missing = record["seeds"] - record[f"{name}_seeds"]
    return "not reached" if missing == record["seeds"] else f"not reached by {missing} of {record['seeds']}"


def _heads(curves: pd.DataFrame) -> list[tuple[int, str]]:
    """Each round with its column's head: the slices annotated by then, a range where strategies differ."""
    heads = []
    for number, labelled in curves.groupby("round")["labelled"]:
        low, high = f"{labelled.min():.0f}", f"{labelled.max():.0f}"
        heads.append((number, f"{number} ({low})" if low == high else f"{number} ({low} to {high})"))
    return heads


def _by_round(rows: pd.DataFrame, columns: list[Column]) -> dict[str, Any]:
    by_round = rows.assign(round=rows["round"].astype(str)).set_index("round")
    return _spelt(by_round, [column.name for column in columns if column.digits is not None])


def _spelt(rows: pd.DataFrame, names: list[str]) -> dict[str, Any]:
    """Mean, standard deviation and seeds of each name, as columns with a spread want them."""
    found: dict[str, Any] = {}
    for name in names:
        there = name in rows.index
        found |= {
            f"{name}_mean": rows.loc[name, "mean"] if there else None,
            f"{name}_std": rows.loc[name, "std"] if there else None,
            f"{name}_seeds": int(rows.loc[name, "seeds"]) if there else None,
        }
    return found


def _of(frame: pd.DataFrame, dataset: str) -> pd.DataFrame:
    return frame[frame["dataset"] == dataset]


def _best(overview: Overview) -> Best | None:
    higher = overview.measure.higher_is_better
    return None if higher is None else "highest" if higher else "lowest"


def _spread(most: int) -> str:
    if most < 2:
        return "one seed, so no standard deviation"
    return f"mean ± standard deviation over {most} seeds (fewer in brackets)"


def _full_data(overview: Overview, dataset: str) -> str:
    full = _of(overview.full_data, dataset)
    if full.empty:
        return ""
    of_class = full[full["class"] == overview.measure.class_name].dropna(subset="mean")
    said = [f"{row['strategy']}: {_mean(row)}" for row in of_class.to_dict("records")]
    return ". " + "; ".join(said).replace(FULL_DATA, FULL_DATA.capitalize(), 1) if said else ""


def _mean(row: Record) -> str:
    spread = "" if math.isnan(row["std"]) else f" ± {row['std']:.3f}"
    return f"{row['mean']:.3f}{spread} ({row['seeds']} seed{'' if row['seeds'] == 1 else 's'})"
