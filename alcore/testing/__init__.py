"""The conformance kit: what every component must do, as checks that plugin authors can call.

``check_strategy(spec)`` and its siblings raise :class:`ConformanceError`, which lists every failed check with what
was expected and how to fix it. The ``..._findings`` functions beside them yield every check as a value.
"""

import importlib
from typing import TYPE_CHECKING, Any

from alcore.testing.findings import ConformanceError, Finding, require

if TYPE_CHECKING:
    from alcore.testing.dataset import check_dataset
    from alcore.testing.interpolator import check_interpolator
    from alcore.testing.loss import check_loss
    from alcore.testing.metric import check_metric
    from alcore.testing.model import check_model
    from alcore.testing.strategy import check_strategy

_LAZY = {
    "check_dataset": "alcore.testing.dataset",
    "check_interpolator": "alcore.testing.interpolator",
    "check_loss": "alcore.testing.loss",
    "check_metric": "alcore.testing.metric",
    "check_model": "alcore.testing.model",
    "check_strategy": "alcore.testing.strategy",
}

__all__ = [
    "ConformanceError",
    "Finding",
    "check_dataset",
    "check_interpolator",
    "check_loss",
    "check_metric",
    "check_model",
    "check_strategy",
    "require",
]


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'alcore.testing' has no attribute {name!r}")
    return getattr(importlib.import_module(_LAZY[name]), name)
