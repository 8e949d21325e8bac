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
    from alcore.contracts import ConfusionCounts, Interpolator, Launcher, ScoringStrategy, Strategy
    from alcore.engine.figures import flat_values, round_figures, run_name
    from alcore.engine.moments import Moments
    from alcore.files import disk_errors, write_text
    from alcore.jobs import Job, JobOutcome
    from alcore.labels import IGNORED, LabelSpace
    from alcore.query import Block, Predictor, Query, Selection, Status
    from alcore.registry import Registry
    from alcore.scans import DatasetListing, Scan, ScanSource, SourceImage
    from alcore.store.reader import SliceStore

_LAZY = {
    "Block": "alcore.query",
    "Catalogue": "alcore.api.listing",
    "ConfusionCounts": "alcore.contracts",
    "DatasetListing": "alcore.scans",
    "IGNORED": "alcore.labels",
    "Interpolator": "alcore.contracts",
    "Job": "alcore.jobs",
    "JobOutcome": "alcore.jobs",
    "LabelSpace": "alcore.labels",
    "Launcher": "alcore.contracts",
    "Moments": "alcore.engine.moments",
    "Predictor": "alcore.query",
    "Query": "alcore.query",
    "Registry": "alcore.registry",
    "Run": "alcore.api.result",
    "Scan": "alcore.scans",
    "ScanSource": "alcore.scans",
    "ScoringStrategy": "alcore.contracts",
    "Selection": "alcore.query",
    "SliceStore": "alcore.store.reader",
    "SourceArchive": "alcore.acquisition.archive",
    "SourceImage": "alcore.scans",
    "Status": "alcore.query",
    "Strategy": "alcore.contracts",
    "convert": "alcore.api.data",
    "datasets": "alcore.api.listing",
    "disk_errors": "alcore.files",
    "flat_values": "alcore.engine.figures",
    "run_name": "alcore.engine.figures",
    "interpolators": "alcore.api.listing",
    "launchers": "alcore.api.listing",
    "losses": "alcore.api.listing",
    "metrics": "alcore.api.listing",
    "models": "alcore.api.listing",
    "open_run": "alcore.api.result",
    "open_store": "alcore.api.data",
    "resume": "alcore.api.run",
    "round_figures": "alcore.engine.figures",
    "run": "alcore.api.run",
    "run_benchmark": "alcore.api.benchmark",
    "strategies": "alcore.api.listing",
    "tidy_results": "alcore.api.benchmark",
    "trackers": "alcore.api.listing",
    "write_text": "alcore.files",
    "run_job": "alcore.benchmark.job",
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
    "DatasetListing",
    "DatasetSpec",
    "Interpolator",
    "InterpolatorSpec",
    "Job",
    "JobOutcome",
    "LabelSpace",
    "Launcher",
    "LauncherSpec",
    "LossSpec",
    "MetricSpec",
    "ModelSpec",
    "Moments",
    "NamedComponent",
    "Options",
    "Predictor",
    "Query",
    "Registry",
    "Run",
    "Scan",
    "ScanSource",
    "ScoringStrategy",
    "Selection",
    "SliceStore",
    "SourceArchive",
    "SourceImage",
    "Status",
    "Strategy",
    "StrategySpec",
    "TrackerSpec",
    "convert",
    "datasets",
    "disk_errors",
    "flat_values",
    "hookimpl",
    "interpolators",
    "launchers",
    "losses",
    "metrics",
    "models",
    "open_run",
    "open_store",
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
