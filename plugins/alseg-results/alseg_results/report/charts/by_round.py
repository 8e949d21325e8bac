"""A figure of each strategy, round by round."""

from collections.abc import Sequence
from typing import Any

from alseg_results.report.charts import strategies as marks


def spec(strategies: Sequence[str], y_title: str, *, form: str = "", with_legend: bool = False) -> dict[str, Any]:
    """The specification; rows of ``rounds`` have ``strategy``, ``round`` and ``value``.

    Args:
        strategies: all strategies, in the order of their colours.
        y_title: what ``value`` is.
        form: how ``value`` is written (d3-format), such as ``%``.
        with_legend: whether the chart has a legend of its own.
    """
    legend = marks.legend(strategies) if with_legend else None
    y_axis = {"format": form} if form else {}
    return {
        "data": {"name": "rounds"},
        "encoding": {
            "x": {"field": "round", "type": "quantitative", "title": "round", "axis": {"tickMinStep": 1}},
            "y": {"field": "value", "type": "quantitative", "title": y_title, "axis": y_axis},
            "color": marks.colour(strategies, legend),
            "tooltip": [
                {"field": "strategy", "title": "strategy"},
                {"field": "round", "title": "round"},
                {"field": "value", "title": y_title, "format": form or ".4~g"},
            ],
        },
        "layer": [
            {
                "mark": {"type": "line", "strokeWidth": 2},
                "encoding": {"strokeDash": marks.dashes(strategies, legend)},
            },
            {"mark": {"type": "point", "filled": True, "size": 26, "opacity": 1}},
        ],
    }
