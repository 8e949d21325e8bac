"""Everything that a plugin can add to alseg: a hook for each kind, yielding specs."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from alcore.specs import (
        AnnotatorSpec,
        CommandSpec,
        DatasetSpec,
        InterpolatorSpec,
        LauncherSpec,
        LearnerSpec,
        LossSpec,
        MetricSpec,
        ModelSpec,
        StrategySpec,
        TrackerSpec,
    )

PROJECT_NAME = "alseg"
"""pluggy's project name and the entry-point group."""

API_VERSION = 1
"""Major version of the plugin API; a plugin module may state the one it was made for as ``ALSEG_API``."""

hookspec = pluggy.HookspecMarker(PROJECT_NAME)
hookimpl = pluggy.HookimplMarker(PROJECT_NAME)


@hookspec
def register_datasets() -> Iterable["DatasetSpec"]:
    """Offer datasets, one spec per dataset."""
    return ()


@hookspec
def register_models() -> Iterable["ModelSpec"]:
    """Offer segmentation networks, one spec per model."""
    return ()


@hookspec
def register_losses() -> Iterable["LossSpec"]:
    """Offer training losses, one spec per loss."""
    return ()


@hookspec
def register_learners() -> Iterable["LearnerSpec"]:
    """Offer learners, one spec per learner."""
    return ()


@hookspec
def register_strategies() -> Iterable["StrategySpec"]:
    """Offer query strategies, one spec per strategy."""
    return ()


@hookspec
def register_annotators() -> Iterable["AnnotatorSpec"]:
    """Offer annotators, one spec per annotator."""
    return ()


@hookspec
def register_interpolators() -> Iterable["InterpolatorSpec"]:
    """Offer interpolators that fill the slices between two annotated ones, one spec per interpolator."""
    return ()


@hookspec
def register_metrics() -> Iterable["MetricSpec"]:
    """Offer evaluation metrics, one spec per metric."""
    return ()


@hookspec
def register_trackers() -> Iterable["TrackerSpec"]:
    """Offer trackers that record a run elsewhere, one spec per tracker."""
    return ()


@hookspec
def register_launchers() -> Iterable["LauncherSpec"]:
    """Offer launchers that run a benchmark's jobs, one spec per launcher."""
    return ()


@hookspec
def register_commands() -> Iterable["CommandSpec"]:
    """Offer commands of the command line, one spec per command."""
    return ()
