"""Mean ranks: one dot per strategy, the best on top."""

from collections.abc import Sequence
from typing import Any

from alseg_results.report.charts import strategies as marks


def spec(strategies: Sequence[str]) -> dict[str, Any]:
    """The specification; rows of ``ranks`` have ``strategy`` and ``value``, the mean rank (1 is best)."""
    return {
        "data": {"name": "ranks"},
        "height": {"step": 26},
        "encoding": {
            "y": {"field": "strategy", "type": "nominal", "title": None, "sort": {"field": "value"}},
            "x": {
                "field": "value",
                "type": "quantitative",
                "title": "mean rank (1 is best)",
                "scale": {"domain": [1, max(len(strategies), 2)]},
                "axis": {"tickMinStep": 1},
            },
        },
        "layer": [
            {"mark": {"type": "rule", "opacity": 0.35}, "encoding": {"x2": {"datum": 1}}},
            {
                "mark": {"type": "point", "filled": True, "size": 130, "opacity": 1},
                "encoding": {
                    "color": marks.colour(strategies),
                    "tooltip": [{"field": "strategy"}, {"field": "value", "title": "mean rank", "format": ".2f"}],
                },
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 10},
                "encoding": {"text": {"field": "value", "type": "quantitative", "format": ".2f"}},
            },
        ],
    }
