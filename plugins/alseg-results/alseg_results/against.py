"""The paper's published learning curves beside one's own."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

import pandas as pd

from alcore.errors import AlsegError
from alcore.registry import Registry
from alcore.runs.config import resolve
from alcore.runs.layers import protocol_values
from alseg_results.curves import mean_curves
from alseg_results.measure import select
from alseg_results.runs import RunRecord, RunSet
from alseg_results.settings import NO_SETTING, options, text_of, within
from alseg_results.tidy import tidy

SOURCE = (
    "Burmeister et al. 2022, Less Is More: A Comparison of Active Learning Strategies for 3D Medical Image "
    "Segmentation, tables 1 to 9: mean foreground Dice of the validation scans over three seeds"
)
METRIC, SPLIT = "dice", "validation"
ROUNDING = 0.0005
"""Half of the last digit that the paper prints."""

TRAINING_SCANS = {"heart": 16, "hippocampus": 208, "prostate": 25}
"""Four of five labelled scans of each task."""

CLASSES = {"heart": ("left atrium",), "hippocampus": ("anterior", "posterior"), "prostate": ("pz", "tz")}
"""Foreground classes of each task, as its ``dataset.json`` names them, in small letters."""

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
        notes: how the runs' protocol differs from the paper's, and which runs have no row, and why.
    """

    table: pd.DataFrame
    notes: tuple[str, ...]


COLUMNS = ["dataset", "strategy", "round", "seeds", "mean", "std", "paper_mean", "paper_std", "paper_table"]


def against_paper(found: RunSet, registry: Registry) -> Published:
    """Set the published figures beside the runs of the same data, strategy and options.

    Runs on other data, or of a strategy with other options, have no row. Runs that were trained otherwise have one; a
    note names every value that differs from the paper's protocol. A printed standard deviation of 0.000 stands for any
    up to 0.0005, and a printed mean may be off by as much; both are allowed for.
    """
    measured = [run for run in found.runs if any(METRIC in record["scores"].get(SPLIT, {}) for record in run.rounds)]
    if not measured:
        empty = pd.DataFrame(columns=[*COLUMNS, "difference", "within"])
        return Published(empty, (f"No run measured {METRIC} on the {SPLIT} scans, which is what the paper reports.",))
    points = list(published_points())
    curves = mean_curves(select(tidy(measured), METRIC, SPLIT)).set_index(["dataset", "strategy", "round"])
    rows: list[tuple[Any, ...]] = []
    notes: list[str] = []
    for dataset, label in dict.fromkeys((run.dataset, run.label) for run in measured):
        runs = [run for run in measured if (run.dataset, run.label) == (dataset, label)]
        why, own = _comparable(runs, points, registry)
        if why:
            notes.append(f"{label} on {dataset} is not set beside the paper: {why}.")
            continue
        for point in own:
            if (dataset, label, point.round) in curves.index:
                curve = curves.loc[(dataset, label, point.round)]
                measured_here = (int(curve["seeds"]), curve["mean"], curve["std"])
                rows.append((dataset, label, point.round, *measured_here, point.mean, point.std, point.table))
    table = pd.DataFrame(rows, columns=COLUMNS)
    table["difference"] = table["mean"] - table["paper_mean"]
    apart = table["difference"].abs() - ROUNDING
    spread = table["paper_std"].clip(lower=ROUNDING)
    table["within"] = (apart <= spread).astype(int) + 2 * ((apart > spread) & (apart <= 2 * spread)).astype(int)
    return Published(table, (*notes, *_deviations(measured, rows, registry)))


def _comparable(
    runs: Sequence[RunRecord], points: Sequence[PublishedPoint], registry: Registry
) -> tuple[str, list[PublishedPoint]]:
    """Why runs of one strategy cannot be set beside the paper, or the figures that they can be set beside."""
    run = runs[0]
    dataset, strategy = str(run.environment["dataset"]["name"]), run.config.get("strategy", {})
    of_dataset = [point for point in points if point.dataset == dataset]
    of_name = [point for point in of_dataset if point.strategy["name"] == strategy.get("name")]
    if run.synthetic or not of_dataset:
        return "the paper has no figures of this dataset", []
    if not of_name:
        return "the paper has no figures of this strategy", []
    if "replay" in run.config:
        return "it repeats the queries of another run", []
    other_data = list(dict.fromkeys(difference for one in runs for difference in _other_data(one, dataset)))
    if other_data:
        return "; ".join(other_data), []
    variants = {tuple(point.strategy.items()): point.strategy for point in of_name}
    try:
        differences = {key: _other_options(strategy, paper, registry) for key, paper in variants.items()}
    except AlsegError as error:
        return f"the options of the paper's strategy are unknown here: {error.message}", []
    own = [point for point in of_name if not differences[tuple(point.strategy.items())]]
    return ("", own) if own else ("; ".join(sorted(differences.values(), key=len)[0]), [])


def _other_data(run: RunRecord, dataset: str) -> Iterator[str]:
    """How the data of a run differ from the paper's."""
    scans = run.environment["dataset"].get("pool", {}).get("scans")
    if scans is None:
        yield "it does not say how many scans it trained on"
    elif scans != TRAINING_SCANS[dataset]:
        yield f"it has {scans} training scans, not {TRAINING_SCANS[dataset]}"
    scores = run.rounds[-1]["scores"]
    classes = tuple(scores.get(SPLIT, {}).get(METRIC, {}).get("per_class", {}))
    if {name.casefold() for name in classes} != set(CLASSES[dataset]):
        yield f"its classes are {', '.join(classes)}, not {', '.join(CLASSES[dataset])}"
    if "test" in scores:
        yield "some of its scans are set aside for testing"


def _other_options(own: Mapping[str, Any], paper: Mapping[str, Any], registry: Registry) -> list[str]:
    """How the options of a strategy differ from the paper's; what its tables leave open is a default."""
    return _differences({"strategy": own}, {"strategy": _paper_config(registry, paper)["strategy"]})


def _paper_config(registry: Registry, strategy: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
    """The paper's protocol with every default spelt out."""
    values = {**protocol_values("less-is-more"), "dataset": {"name": "hippocampus"}, "trackers": {}}
    return resolve({**values, **({"strategy": dict(strategy)} if strategy else {})}, registry).as_values()


def _deviations(runs: Sequence[RunRecord], rows: Sequence[tuple[Any, ...]], registry: Registry) -> list[str]:
    """A sentence for each dataset whose runs are not of the paper's protocol."""
    shown = dict.fromkeys(row[0] for row in rows)
    if not shown:
        return []
    try:
        paper = _paper_config(registry)
    except AlsegError as error:
        return [f"Whether these runs are of the paper's protocol cannot be told: {error.message}."]
    left_out = (*NO_SETTING, "strategy")
    notes = []
    for dataset in shown:
        here = [run for run in runs if run.dataset == dataset]
        said = list(dict.fromkeys(text for run in here for text in _differences(run.config, paper, left_out)))
        if said:
            notes.append(f"The runs on {dataset} are not of the paper's protocol: {'; '.join(said)}.")
    return notes


def _differences(own: Mapping[str, Any], paper: Mapping[str, Any], left_out: Sequence[str] = ()) -> list[str]:
    """Every value in which ``own`` differs from ``paper``; one that a configuration lacks is its default."""
    mine, theirs = dict(options(own)), dict(options(paper))
    said = []
    for key in sorted(mine):
        if any(within(key, place) for place in left_out) or (key in theirs and mine[key] == theirs[key]):
            continue
        paper_has = f"not {text_of(theirs[key])}" if key in theirs else "which the paper leaves unset"
        said.append(f"{key} is {text_of(mine[key])}, {paper_has}")
    return said
