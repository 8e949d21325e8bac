"""The paper's published learning curves beside one's own."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

import pandas as pd

from alcore.results.curves import mean_curves, select
from alcore.results.runs import RunRecord, RunSet
from alcore.results.tidy import tidy
from alcore.runs.layers import protocol_values

SOURCE = (
    "Burmeister et al. 2022, Less Is More: A Comparison of Active Learning Strategies for 3D Medical Image "
    "Segmentation, tables 1 to 9: mean foreground Dice of the validation scans over three seeds"
)
METRIC, SPLIT = "dice", "validation"
ROUNDING = 0.0005
"""Half of the last digit that the paper prints."""

STRATEGIES: Mapping[str, Mapping[str, Any]] = {
    "Random sampling": {"name": "random"},
    "Stratified random sampling": {"name": "stratified"},
    "Least confidence-based uncertainty sampling": {"name": "least-confidence", "one_per_scan": True},
    "Entropy-based uncertainty sampling": {"name": "entropy", "one_per_scan": True},
    "Distance-based representativeness sampling": {"name": "distance", "greedy": False},
    "Clustering-based representativeness sampling": {"name": "clustering", "algorithm": "mean-shift"},
}
"""What the paper calls the strategies of tables 1 to 3, with the options that it used."""

SELECTIONS = {"strided-random": "random", "strided-entropy": "entropy"}
INTERPOLATORS = {
    "No interpolation": "none",
    "Signed distance interpolation": "signed-distance",
    "Morphological contour interpolation": "morphological-contour",
}
"""What the paper calls the variants of tables 4 to 9; each name ends in its block size."""


@dataclass(frozen=True)
class PublishedPoint:
    """A figure of the paper, with the strategy section of a configuration that it belongs to."""

    table: int
    dataset: str
    strategy: Mapping[str, Any]
    round: int
    mean: float
    std: float


def published_points() -> Iterator[PublishedPoint]:
    """Every figure of tables 1 to 9, each once: random sampling is repeated in all of them."""
    text = resources.files(__package__).joinpath("tables_1_to_9.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        if row["family"] != "single-slice" and row["strategy"] == "Random sampling":
            continue
        yield PublishedPoint(
            table=int(row["table"]),
            dataset=row["dataset"],
            strategy=_strategy(row["family"], row["strategy"]),
            round=int(row["iteration"]),
            mean=float(row["mean_foreground_dice"]),
            std=float(row["std"]),
        )


def _strategy(family: str, name: str) -> Mapping[str, Any]:
    if family == "single-slice":
        return STRATEGIES[name]
    interpolation, _, size = name.partition(", block size ")
    return {
        "name": "strided",
        "selection": SELECTIONS[family],
        "interpolator": INTERPOLATORS[interpolation],
        "block_size": int(size),
    }


@dataclass(frozen=True)
class Published:
    """One's own figures beside the paper's.

    Args:
        table: a row per dataset, strategy and round of both: ``dataset``, ``strategy``, ``round``, ``seeds``, ``mean``,
            ``std``, ``paper_mean``, ``paper_std``, ``paper_table``, ``difference`` (own less the paper's) and
            ``within``: 1 or 2, the number of the paper's standard deviations that the difference lies within, or 0,
            beyond both.
        notes: how the runs' protocol differs from the paper's, and which strategies it has no figures of.
    """

    table: pd.DataFrame
    notes: tuple[str, ...]


def against_paper(found: RunSet) -> Published:
    """Set the published figures beside the runs of the same dataset, strategy and options.

    A printed standard deviation of 0.000 stands for any up to 0.0005, and a printed mean may be off by as much; both
    are allowed for.
    """
    columns = ["dataset", "strategy", "round", "seeds", "mean", "std", "paper_mean", "paper_std", "paper_table"]
    measured = [run for run in found.runs if any(METRIC in record["scores"].get(SPLIT, {}) for record in run.rounds)]
    if not measured:
        empty = pd.DataFrame(columns=[*columns, "difference", "within"])
        return Published(empty, (f"No run measured {METRIC} on the {SPLIT} scans, which is what the paper reports.",))
    points = list(published_points())
    curves = mean_curves(select(tidy(measured), METRIC, SPLIT)).set_index(["dataset", "strategy", "round"])
    rows, unmatched = [], []
    for (dataset, label), run in {(run.dataset, run.label): run for run in measured}.items():
        own = [point for point in points if _is_of(point, run)]
        if not own:
            unmatched.append(f"{label} on {dataset}")
        for point in own:
            if (dataset, label, point.round) in curves.index:
                curve = curves.loc[(dataset, label, point.round)]
                measured_here = (int(curve["seeds"]), curve["mean"], curve["std"])
                rows.append((dataset, label, point.round, *measured_here, point.mean, point.std, point.table))
    table = pd.DataFrame(rows, columns=columns)
    table["difference"] = table["mean"] - table["paper_mean"]
    apart = table["difference"].abs() - ROUNDING
    spread = table["paper_std"].clip(lower=ROUNDING)
    table["within"] = (apart <= spread).astype(int) + 2 * ((apart > spread) & (apart <= 2 * spread)).astype(int)
    notes = [f"The paper has no figures of {', '.join(unmatched)}."] if unmatched else []
    return Published(table, (*notes, *_deviations(measured, rows)))


def _is_of(point: PublishedPoint, run: RunRecord) -> bool:
    """Whether the run is of the point's dataset and strategy; an option that a configuration lacks is the default."""
    if run.synthetic or run.environment["dataset"]["name"] != point.dataset:
        return False
    options = run.config["strategy"]
    return all(options.get(name, value) == value for name, value in point.strategy.items())


def _deviations(runs: list[RunRecord], rows: list[tuple[Any, ...]]) -> list[str]:
    """A sentence for each dataset whose runs are not of the paper's protocol."""
    protocol = {
        **protocol_values("less-is-more"),
        "learner": {"amp": "off", **protocol_values("less-is-more")["learner"]},
    }
    notes = []
    for dataset in dict.fromkeys(row[0] for row in rows):
        run = next(run for run in runs if run.dataset == dataset)
        said = [
            f"{section}.{name} is {run.config[section][name]}, not {value}"
            for section, values in protocol.items()
            if isinstance(values, Mapping)
            for name, value in values.items()
            if name != "rounds" and run.config.get(section, {}).get(name, value) != value
        ]
        if said:
            notes.append(f"The runs on {dataset} are not of the paper's protocol: {'; '.join(said)}.")
    return notes
