"""Results as tables of text, which any format can set."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from alcore.results.against import Published
from alcore.results.overview import Overview
from alcore.results.tidy import MEAN

MISSING = "-"


@dataclass(frozen=True)
class TextTable:
    """A table ready to be set.

    Args:
        title: what it shows.
        header: column heads; the first is of text, the others of numbers.
        rows: cells.
        caption: how to read it.
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""


def rounds_tables(overview: Overview, *, per_class: bool = False) -> list[TextTable]:
    """The paper's table of each dataset: a row per strategy (and class), a column per round."""
    tables = []
    curves = overview.at_rounds()
    for dataset in overview.found.datasets:
        here = curves[curves["dataset"] == dataset]
        classes = list(dict.fromkeys(here["class"])) if per_class else [overview.class_name]
        most = int(here["seeds"].max())
        labelled = here.groupby("round")["labelled"].max()
        rows = []
        for strategy in dict.fromkeys(here["strategy"]):
            for class_name in classes:
                chosen = here[(here["strategy"] == strategy) & (here["class"] == class_name)].set_index("round")
                cells = [_of_round(chosen, number, most) for number in overview.rounds if number in labelled.index]
                rows.append((strategy, *([class_name] if per_class else []), *cells))
        heads = [f"{number} ({labelled[number]:.0f})" for number in overview.rounds if number in labelled.index]
        what = (
            overview.metric if overview.class_name == MEAN or per_class else f"{overview.metric}, {overview.class_name}"
        )
        tables.append(
            TextTable(
                f"{what} on the {overview.split} scans of {overview.found.title(dataset)}",
                ("strategy", *(["class"] if per_class else []), *heads),
                tuple(rows),
                f"round (slices annotated); {_spread(most)}.{_ceiling(overview, dataset)}",
            )
        )
    return tables


def summary_tables(overview: Overview) -> list[TextTable]:
    """Of each dataset, what strategies scored over the whole curve, and what that cost."""
    tables = []
    for dataset in overview.found.datasets:
        here = overview.summary[overview.summary["dataset"] == dataset]
        title, records = overview.found.title(dataset), here.to_dict("records")
        tables += [
            TextTable(
                f"whole curves on {title}",
                ("strategy", "seeds", "final", "AUBC", "FG eff.", "to 90 %", "to 95 %"),
                tuple(
                    (
                        row["strategy"],
                        str(row["seeds"]),
                        *(_mean_std(row, name) for name in ("final", "aubc")),
                        _mean_std(row, "foreground_efficiency", 1),
                        *(_reached(row, name) for name in ("slices_to_90", "slices_to_95")),
                    )
                    for row in records
                ),
                _about_ceiling(overview, dataset),
            ),
            TextTable(
                f"effort on {title}",
                ("strategy", "slices", "scans", "foreground voxels", "boundary voxels", "query seconds"),
                tuple(
                    (
                        row["strategy"],
                        *(_mean_std(row, name, 0) for name in ("slices", "scans")),
                        *(_mean_std(row, name, 0) for name in ("foreground_voxels", "boundary_voxels")),
                        _mean_std(row, "query_seconds", 1),
                    )
                    for row in records
                ),
                "annotated by the last round",
            ),
        ]
    return tables


def statistics_tables(overview: Overview) -> list[TextTable]:
    """Ranks, pairs and the penalty matrix."""
    comparison, ranking = overview.comparison, overview.comparison.ranking
    tables = []
    if ranking is not None and len(ranking.mean_ranks) > 1:
        rows = tuple((name, f"{rank:.2f}") for name, rank in ranking.mean_ranks.items())
        tables.append(TextTable(f"mean ranks by {comparison.measure}", ("strategy", "mean rank"), rows))
    if ranking is not None and ranking.posthoc is not None:
        tables.append(
            _matrix("p of the Nemenyi test between ranks", _numbers(ranking.posthoc, 3), "low: the ranks differ")
        )
    if len(comparison.pairs):
        tables.append(
            TextTable(
                f"paired differences of {comparison.measure}",
                ("first - second", "n", "difference", "95 % interval", "p", "p Holm", "effect", "won"),
                tuple(_pair(row) for row in comparison.pairs.to_dict("records")),
                "interval: bootstrap; p: Wilcoxon signed-rank; effect: mean by standard deviation; won: share of n",
            )
        )
    if comparison.penalties.notna().any(axis=None):
        plain, holm = _numbers(comparison.penalties, 2), _numbers(comparison.penalties_holm, 2)
        tables.append(_matrix("penalty matrix", plain, "how often the row beats the column"))
        tables.append(_matrix("penalty matrix, Holm", holm, "the same, all tests of a dataset corrected"))
    return tables


def audit_tables(audit: pd.DataFrame, overlaps: pd.DataFrame) -> list[TextTable]:
    """What strategies chose, and how much of it in common, of each dataset."""
    tables = []
    for dataset, here in audit.groupby("dataset", sort=False):
        records = here.to_dict("records")
        tables.append(
            TextTable(
                f"where queried slices of {dataset} lie",
                ("strategy", "slices", "scans", "per scan", "evenness", "adjacent", "nearest"),
                tuple(
                    (
                        row["strategy"],
                        _number(row["queried"], 0),
                        _share(row["scans_share"]),
                        _number(row["slices_per_scan"], 1),
                        _number(row["position_evenness"], 2),
                        _share(row["adjacent_share"]),
                        _number(row["nearest_slices"], 1),
                    )
                    for row in records
                ),
                "evenness of positions in scans: 1 is even; adjacent to, and slices to the nearest, annotated slice",
            )
        )
        tables.append(
            TextTable(
                f"what queried slices of {dataset} show",
                ("strategy", "size", "foreground", "with foreground", "of the pool"),
                tuple(
                    (
                        row["strategy"],
                        _number(row["size_ratio"], 2),
                        _number(row["foreground_ratio"], 2),
                        _share(row["foreground_slices_share"]),
                        _share(row["foreground_slices_pool"]),
                    )
                    for row in records
                ),
                "size and foreground per slice by the pool's mean: 1 is no bias",
            )
        )
        common = overlaps[overlaps["dataset"] == dataset]
        if len(common):
            matrix = common.pivot(index="first", columns="second", values="overlap")
            order = [name for name in here["strategy"] if name in matrix.index]
            low, high = common["expected"].min(), common["expected"].max()
            chance = _share(low) if _share(low) == _share(high) else f"{_share(low)} to {_share(high)}"
            cells = matrix.reindex(index=order, columns=order).map(_share)
            caption = f"slices that both queried under one seed; by chance {chance}"
            tables.append(_matrix(f"overlap on {dataset}", cells, caption))
    return tables


def paper_table(published: Published) -> TextTable:
    """One's own figures beside the paper's."""
    words = {1: "within 1 sd", 2: "within 2 sd", 0: "beyond 2 sd"}
    rows = tuple(
        (
            f"{row['strategy']} on {row['dataset']}",
            str(row["round"]),
            str(row["seeds"]),
            _figure(row["mean"], row["std"]),
            f"{row['paper_mean']:.3f}±{row['paper_std']:.3f}",
            f"{row['difference']:+.3f}",
            words[row["within"]],
        )
        for row in published.table.to_dict("records")
    )
    header = ("strategy", "round", "seeds", "own", "paper", "difference", "sd of the paper")
    return TextTable("beside Burmeister et al. 2022", header, rows, "three seeds in the paper")


def _matrix(title: str, cells: pd.DataFrame, caption: str) -> TextTable:
    """A square table of text, nothing on its diagonal; columns are numbered as the rows are, for labels are long."""
    names = [f"{place} {name}" for place, name in enumerate(cells.index, start=1)]
    rows = [
        (names[row], *(MISSING if row == column else text for column, text in enumerate(cells.iloc[row])))
        for row in range(len(names))
    ]
    return TextTable(title, ("", *(str(place) for place in range(1, len(names) + 1))), tuple(rows), caption)


def _numbers(matrix: pd.DataFrame, digits: int) -> pd.DataFrame:
    return matrix.map(lambda value: _number(value, digits))


def _pair(row: dict[str, float]) -> tuple[str, ...]:
    interval = MISSING if math.isnan(row["low"]) else f"{row['low']:+.4f} to {row['high']:+.4f}"
    return (
        f"{row['first']} - {row['second']}",
        str(row["pairs"]),
        MISSING if math.isnan(row["difference"]) else f"{row['difference']:+.4f}",
        interval,
        _number(row["p"], 3),
        _number(row["p_holm"], 3),
        _number(row["effect"], 2),
        _share(row["won"]),
    )


def _of_round(curve: pd.DataFrame, number: int, most: int) -> str:
    if number not in curve.index or math.isnan(curve.loc[number, "mean"]):
        return MISSING
    row = curve.loc[number]
    fewer = f" [{row['seeds']:.0f}]" if row["seeds"] < most else ""
    return _figure(row["mean"], row["std"]) + fewer


def _figure(mean: float, std: float, digits: int = 3) -> str:
    if math.isnan(mean):
        return MISSING
    return f"{mean:z.{digits}f}" if math.isnan(std) else f"{mean:z.{digits}f}±{std:.{digits}f}"


def _mean_std(row: dict[str, float], name: str, digits: int = 3) -> str:
    return _figure(row[f"{name}_mean"], row[f"{name}_std"], digits)


def _reached(row: dict[str, float], name: str) -> str:
    if math.isnan(row["ceiling"]) or not row["seeds"]:
        return MISSING
    if row[f"{name}_reached"] < row["seeds"]:
        some = f" by {row['seeds'] - row[f'{name}_reached']} of {row['seeds']}" if row[f"{name}_reached"] else ""
        return f"not reached{some}"
    return _mean_std(row, name, 0)


def _number(value: float, digits: int) -> str:
    return MISSING if math.isnan(value) else f"{value:.{digits}f}"


def _share(value: float) -> str:
    return MISSING if math.isnan(value) else f"{value:.0%}"


def _spread(most: int) -> str:
    if most == 1:
        return "one seed, so no standard deviation"
    return f"mean±standard deviation over {most} seeds (fewer in brackets)"


def _ceiling_value(overview: Overview, dataset: str) -> float:
    values: Sequence[float] = overview.figures.loc[overview.figures["dataset"] == dataset, "ceiling"].tolist()
    return values[0]


def _ceiling(overview: Overview, dataset: str) -> str:
    value = _ceiling_value(overview, dataset)
    return "" if math.isnan(value) else f" Full data: {value:.3f}."


def _about_ceiling(overview: Overview, dataset: str) -> str:
    value = _ceiling_value(overview, dataset)
    if math.isnan(value):
        return (
            "No full-data run was found, so foreground efficiency and slices to 90 and 95 % of its score are missing."
        )
    return f"FG eff.: foreground efficiency; to 90 %: slices that reached 90 % of the full-data score {value:.3f}."
