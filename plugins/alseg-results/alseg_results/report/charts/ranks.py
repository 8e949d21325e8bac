"""Mean ranks: one dot per strategy, the best on top; below them bars over those that cannot be told apart."""

from collections.abc import Sequence
from typing import Any

from alseg_results.report.charts import strategies as marks

ROOM = 0.4
"""Ranks beyond the last one, for the number beside its dot."""


def spec(strategies: Sequence[str], rows: Sequence[str]) -> dict[str, Any]:
    """The specification of a critical-difference diagram; Demšar 2006, figure 1.

    Rows of ``ranks`` have ``strategy``, ``row`` (the same) and ``value``, the mean rank (1 is best). Rows of ``bars``
    have ``row``, ``value`` and ``end``: how far apart two ranks must be, and the groups that are nearer.

    Args:
        strategies: all strategies, in the order of their colours.
        rows: what stands below one another: the strategies by rank, then the bars.
    """
    return {
        "data": {"name": "ranks"},
        "height": {"step": 26},
        "encoding": {
            "y": {"field": "row", "type": "nominal", "title": None, "sort": list(rows)},
            "x": {
                "field": "value",
                "type": "quantitative",
                "title": "mean rank (1 is best)",
                "scale": {"domain": [1, max(len(strategies), 2) + ROOM], "nice": False},
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
            {
                "data": {"name": "bars"},
                "mark": {"type": "rule", "strokeWidth": 5, "strokeCap": "round"},
                "encoding": {"x2": {"field": "end"}},
            },
        ],
    }
