"""What one's own figures are set beside: figures from a paper's tables, or a release of somebody's runs."""

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from alcore import AlsegError
from alcore.api.configured import protocol_values, resolve
from alcore.files import read_bytes, read_text
from alcore.registry import Registry
from alseg_results.curves import mean_curves
from alseg_results.measure import Measure, select
from alseg_results.release.manifest import is_release
from alseg_results.runs import find_runs
from alseg_results.tidy import tidy

PAPER = "paper"
"""In place of a folder: the tables of the paper that the built-in strategies are from."""

PUBLISHED, CURVES = "published.json", "curves.csv"
_COLUMNS = ("table", "dataset", "strategy", "round", "mean", "std")


@dataclass(frozen=True)
class PublishedPoint:
    """A published figure, with the strategy section of a configuration that it belongs to.

    Args:
        dataset: name of the dataset.
        strategy: name and options; what is left out is a default.
        round: of the figure.
        mean: over seeds.
        std: over seeds; NaN for one seed.
        seeds: how many.
        table: where it was printed; empty in a release.
    """

    dataset: str
    strategy: Mapping[str, Any]
    round: int
    mean: float
    std: float
    seeds: int
    table: str = ""


class Data(BaseModel):
    """What must be alike for figures of a dataset to be set beside one another."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    training_scans: int | None = Field(default=None, gt=0)
    classes: tuple[str, ...] = ()
    fingerprint: str = ""


@dataclass(frozen=True)
class Reference:
    """Published figures.

    Args:
        name: what sentences call them: ``the paper``.
        title: what titles call them: ``Burmeister et al. 2022``.
        source: where they are from, a sentence.
        metric: the metric.
        split: the scans.
        rounding: half of the last digit that was printed.
        points: the figures.
        data: what is known of each dataset.
        protocol: the whole configuration of runs on a dataset, every default spelt out; empty where it is unknown.
    """

    name: str
    title: str
    source: str
    metric: str
    split: str
    rounding: float
    points: tuple[PublishedPoint, ...]
    data: Mapping[str, Data]
    protocol: Mapping[str, Mapping[str, Any]]


class _Printed(BaseModel):
    """``published.json``."""

    model_config = ConfigDict(extra="forbid")

    title: str
    source: str
    metric: str
    split: str
    seeds: int = Field(gt=0)
    rounding: float = Field(ge=0)
    protocol: str
    datasets: dict[str, Data]


def reference_of(what: str, measure: Measure, registry: Registry) -> Reference:
    """Read what one's own figures are to be set beside.

    Args:
        what: ``paper``; or a folder with ``published.json`` and ``curves.csv``, or with a release.
        measure: what is compared with a release; a paper printed what it printed.
        registry: the installed components, for the defaults of a protocol.

    Raises:
        AlsegError: there is no such folder, it holds neither, or it is damaged or altered.
    """
    if what == PAPER:
        with resources.as_file(resources.files(__package__).joinpath("less-is-more")) as folder:
            return _printed(folder, "the paper", registry)
    folder = Path(what)
    if (folder / PUBLISHED).is_file():
        return _printed(folder, f"the figures in {what}", registry)
    if is_release(folder):
        return _released(folder, measure)
    raise AlsegError(
        f"{what} holds no published results", hint="give 'paper', or a folder that 'alseg results DIR --export' wrote"
    )


def _printed(folder: Path, name: str, registry: Registry) -> Reference:
    try:
        about = _Printed.model_validate_json(read_bytes(folder / PUBLISHED))
    except ValidationError as error:
        fault = error.errors()[0]
        place = ".".join(map(str, fault["loc"]))
        raise AlsegError(f"{folder / PUBLISHED} is damaged: {place}: {fault['msg']}") from error
    config = resolve({**protocol_values(about.protocol), "dataset": {"name": "hippocampus"}, "trackers": {}}, registry)
    return Reference(
        name=name,
        title=about.title,
        source=about.source,
        metric=about.metric,
        split=about.split,
        rounding=about.rounding,
        points=tuple(_points(folder / CURVES, about.seeds)),
        data=about.datasets,
        protocol=dict.fromkeys(about.datasets, config.as_values()),
    )


def _points(path: Path, seeds: int) -> Iterator[PublishedPoint]:
    for number, row in enumerate(csv.DictReader(read_text(path).splitlines()), start=2):
        try:
            table, dataset, strategy, place, mean, std = (row[name] for name in _COLUMNS)
            yield PublishedPoint(dataset, json.loads(strategy), int(place), float(mean), float(std), seeds, table)
        except (KeyError, TypeError, ValueError) as error:
            raise AlsegError(
                f"line {number} of {path} is damaged", hint=f"its columns are {', '.join(_COLUMNS)}"
            ) from error


def _released(folder: Path, measure: Measure) -> Reference:
    found = find_runs(folder)
    runs = [run for run in found.runs if any(measure.metric in r["scores"].get(measure.split, {}) for r in run.rounds)]
    if not runs:
        raise AlsegError(f"no run in {folder} measured {measure.metric} on the {measure.split} scans")
    first = {(run.dataset, run.label): run for run in reversed(runs)}
    points = [
        PublishedPoint(
            str(first[row["dataset"], row["strategy"]].environment["dataset"]["name"]),
            first[row["dataset"], row["strategy"]].config["strategy"],
            *(row["round"], row["mean"], row["std"], row["seeds"]),
        )
        for row in mean_curves(select(tidy(runs), measure.metric, measure.split, measure.class_name)).to_dict("records")
    ]
    about = {str(run.environment["dataset"]["name"]): run for run in runs}
    return Reference(
        name=f"the release {folder}",
        title=f"the release {folder}",
        source=f"the release {folder}, {len(runs)} runs",
        metric=measure.metric,
        split=measure.split,
        rounding=0.0,
        points=tuple(points),
        data={name: Data(fingerprint=run.environment["dataset"]["fingerprint"]) for name, run in about.items()},
        protocol={name: run.config for name, run in about.items()},
    )
