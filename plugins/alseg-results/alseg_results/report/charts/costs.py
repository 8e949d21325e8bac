"""Where the time went: seconds per phase, a bar per strategy."""

from collections.abc import Sequence
from typing import Any


def spec(phases: Sequence[str]) -> dict[str, Any]:
    """The specification; rows of ``costs`` have ``strategy``, ``phase`` and ``seconds`` (a run's mean per round)."""
    return {
        "data": {"name": "costs"},
        "height": {"step": 26},
        "mark": {"type": "bar", "tooltip": True},
        "encoding": {
            "y": {"field": "strategy", "type": "nominal", "title": None},
            "x": {"field": "seconds", "type": "quantitative", "title": "seconds per round"},
            "color": {
                "field": "phase",
                "type": "nominal",
                "scale": {"domain": list(phases)},
                "legend": {"title": None, "orient": "top", "columns": 5, "symbolType": "square"},
            },
            "order": {"field": "place", "type": "quantitative"},
            "tooltip": [
                {"field": "strategy"},
                {"field": "phase"},
                {"field": "seconds", "title": "seconds per round", "format": ".3~g"},
            ],
        },
    }
