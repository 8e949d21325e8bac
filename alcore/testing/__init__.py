"""The conformance kit: what every component must do, as checks that plugin authors can call.

``check_strategy(spec)`` and its siblings raise :class:`ConformanceError`, which lists every failed check with what
was expected and how to fix it. ``component_findings`` yields every check of an installed component as a value.
``synthetic_query`` and its companions make pools, rounds and jobs with known answers; ``alcore.testing.fixtures`` has
pytest fixtures.
"""

import importlib
from typing import TYPE_CHECKING, Any

from alcore.testing.findings import ConformanceError, Finding, require

if TYPE_CHECKING:
    from alcore.testing.annotator import check_annotator
    from alcore.testing.command import check_command
    from alcore.testing.component import component_findings
    from alcore.testing.dataset import check_dataset
    from alcore.testing.distributions import write_distribution
    from alcore.testing.interpolator import check_interpolator
    from alcore.testing.jobs import ends_soon, process_of, small_job
    from alcore.testing.launcher import check_launcher
    from alcore.testing.learner import check_learner
    from alcore.testing.loss import check_loss
    from alcore.testing.metric import check_metric
    from alcore.testing.model import check_model
    from alcore.testing.pools import FixedPredictor, synthetic_predictor, synthetic_query
    from alcore.testing.rounds import synthetic_record
    from alcore.testing.strategy import check_strategy
    from alcore.testing.tracker import check_tracker

_LAZY = {
    "FixedPredictor": "alcore.testing.pools",
    "check_annotator": "alcore.testing.annotator",
    "check_command": "alcore.testing.command",
    "check_dataset": "alcore.testing.dataset",
    "check_interpolator": "alcore.testing.interpolator",
    "check_launcher": "alcore.testing.launcher",
    "check_learner": "alcore.testing.learner",
    "check_loss": "alcore.testing.loss",
    "check_metric": "alcore.testing.metric",
    "check_model": "alcore.testing.model",
    "check_strategy": "alcore.testing.strategy",
    "check_tracker": "alcore.testing.tracker",
    "component_findings": "alcore.testing.component",
    "ends_soon": "alcore.testing.jobs",
    "process_of": "alcore.testing.jobs",
    "small_job": "alcore.testing.jobs",
    "synthetic_predictor": "alcore.testing.pools",
    "synthetic_query": "alcore.testing.pools",
    "synthetic_record": "alcore.testing.rounds",
    "write_distribution": "alcore.testing.distributions",
}

__all__ = [
    "ConformanceError",
    "Finding",
    "FixedPredictor",
    "check_annotator",
    "check_command",
    "check_dataset",
    "check_interpolator",
    "check_launcher",
    "check_learner",
    "check_loss",
    "check_metric",
    "check_model",
    "check_strategy",
    "check_tracker",
    "component_findings",
    "ends_soon",
    "process_of",
    "require",
    "small_job",
    "synthetic_predictor",
    "synthetic_query",
    "synthetic_record",
    "write_distribution",
]


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'alcore.testing' has no attribute {name!r}")
    return getattr(importlib.import_module(_LAZY[name]), name)
