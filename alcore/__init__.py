"""alcore: the core of alseg. These are its public names; the heavy ones are imported on first use."""

import importlib
from typing import TYPE_CHECKING, Any

from alcore.errors import AlsegError
from alcore.hookspecs import API_VERSION, hookimpl
from alcore.specs import (
    ComponentName,
    ComponentSpec,
    DatasetSpec,
    InterpolatorSpec,
    LauncherSpec,
    LossSpec,
    MetricSpec,
    ModelSpec,
    NamedComponent,
    Options,
    StrategySpec,
    TrackerSpec,
)

if TYPE_CHECKING:
    from alcore.acquisition.archive import SourceArchive
    from alcore.api.benchmark import run_benchmark, tidy_results
    from alcore.api.data import convert, open_store
    from alcore.api.listing import (
        Catalogue,
        datasets,
        interpolators,
        launchers,
        losses,
        metrics,
        models,
        strategies,
        trackers,
    )
    from alcore.api.result import Run, open_run
    from alcore.api.run import resume, run
    from alcore.benchmark.job import run_job
    from alcore.contracts import (
        ConfusionCounts,
        CountMetric,
        Dataset,
        FillsBlocks,
        Launcher,
        Loss,
        Model,
        ProbabilityMetric,
        ScoringStrategy,
        Strategy,
        Tracker,
        VolumeMetric,
    )
    from alcore.documents import read_json, read_toml
    from alcore.engine.figures import flat_values, round_figures, run_name
    from alcore.engine.moments import Moments
    from alcore.escapes import csv_text, markdown_text
    from alcore.files import disk_errors, write_text
    from alcore.jobs import Job, JobOutcome
    from alcore.labels import IGNORED, LabelSpace
    from alcore.query import (
        Block,
        Fill,
        Indices,
        Interpolator,
        KnownLabels,
        Predictor,
        Query,
        Selection,
        Status,
    )
    from alcore.records import RoundRecord
    from alcore.registry import Registry
    from alcore.scans import DatasetListing, Scan, ScanSource, SourceImage, SourceSketch
    from alcore.store.reader import SliceStore

_LAZY = {
    "Block": "alcore.query",
    "Catalogue": "alcore.api.listing",
    "ConfusionCounts": "alcore.contracts",
    "convert": "alcore.api.data",
    "CountMetric": "alcore.contracts",
    "csv_text": "alcore.escapes",
    "Dataset": "alcore.contracts",
    "DatasetListing": "alcore.scans",
    "datasets": "alcore.api.listing",
    "disk_errors": "alcore.files",
    "Fill": "alcore.query",
    "FillsBlocks": "alcore.contracts",
    "flat_values": "alcore.engine.figures",
    "IGNORED": "alcore.labels",
    "Indices": "alcore.query",
    "Interpolator": "alcore.query",
    "interpolators": "alcore.api.listing",
    "Job": "alcore.jobs",
    "JobOutcome": "alcore.jobs",
    "KnownLabels": "alcore.query",
    "LabelSpace": "alcore.labels",
    "Launcher": "alcore.contracts",
    "launchers": "alcore.api.listing",
    "Loss": "alcore.contracts",
    "losses": "alcore.api.listing",
    "markdown_text": "alcore.escapes",
    "metrics": "alcore.api.listing",
    "Model": "alcore.contracts",
    "models": "alcore.api.listing",
    "Moments": "alcore.engine.moments",
    "open_run": "alcore.api.result",
    "open_store": "alcore.api.data",
    "Predictor": "alcore.query",
    "ProbabilityMetric": "alcore.contracts",
    "Query": "alcore.query",
    "read_json": "alcore.documents",
    "read_toml": "alcore.documents",
    "Registry": "alcore.registry",
    "resume": "alcore.api.run",
    "round_figures": "alcore.engine.figures",
    "RoundRecord": "alcore.records",
    "Run": "alcore.api.result",
    "run": "alcore.api.run",
    "run_benchmark": "alcore.api.benchmark",
    "run_job": "alcore.benchmark.job",
    "run_name": "alcore.engine.figures",
    "Scan": "alcore.scans",
    "ScanSource": "alcore.scans",
    "ScoringStrategy": "alcore.contracts",
    "Selection": "alcore.query",
    "SliceStore": "alcore.store.reader",
    "SourceArchive": "alcore.acquisition.archive",
    "SourceImage": "alcore.scans",
    "SourceSketch": "alcore.scans",
    "Status": "alcore.query",
    "strategies": "alcore.api.listing",
    "Strategy": "alcore.contracts",
    "tidy_results": "alcore.api.benchmark",
    "Tracker": "alcore.contracts",
    "trackers": "alcore.api.listing",
    "VolumeMetric": "alcore.contracts",
    "write_text": "alcore.files",
}

__all__ = [
    "API_VERSION",
    "IGNORED",
    "AlsegError",
    "Block",
    "Catalogue",
    "ComponentName",
    "ComponentSpec",
    "ConfusionCounts",
    "CountMetric",
    "Dataset",
    "DatasetListing",
    "DatasetSpec",
    "Fill",
    "FillsBlocks",
    "Indices",
    "Interpolator",
    "InterpolatorSpec",
    "Job",
    "JobOutcome",
    "KnownLabels",
    "LabelSpace",
    "Launcher",
    "LauncherSpec",
    "Loss",
    "LossSpec",
    "MetricSpec",
    "Model",
    "ModelSpec",
    "Moments",
    "NamedComponent",
    "Options",
    "Predictor",
    "ProbabilityMetric",
    "Query",
    "Registry",
    "RoundRecord",
    "Run",
    "Scan",
    "ScanSource",
    "ScoringStrategy",
    "Selection",
    "SliceStore",
    "SourceArchive",
    "SourceImage",
    "SourceSketch",
    "Status",
    "Strategy",
    "StrategySpec",
    "Tracker",
    "TrackerSpec",
    "VolumeMetric",
    "convert",
    "csv_text",
    "datasets",
    "disk_errors",
    "flat_values",
    "hookimpl",
    "interpolators",
    "launchers",
    "losses",
    "markdown_text",
    "metrics",
    "models",
    "open_run",
    "open_store",
    "read_json",
    "read_toml",
    "resume",
    "round_figures",
    "run",
    "run_benchmark",
    "run_job",
    "run_name",
    "strategies",
    "tidy_results",
    "trackers",
    "write_text",
]


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'alcore' has no attribute {name!r}")
    return getattr(importlib.import_module(_LAZY[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
