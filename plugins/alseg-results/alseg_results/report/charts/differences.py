"""Differences to the control against what was annotated, with a band that holds for all rounds at once."""

from collections.abc import Sequence
from typing import Any

from alseg_results.report.charts import strategies as marks


def spec(strategies: Sequence[str], control: str, *, with_legend: bool) -> dict[str, Any]:
    """The specification; rows of ``differences`` have ``strategy``, ``labelled``, ``value``, ``low`` and ``high``.

    Rows of ``bands`` are those of them that have a band.
    """
    legend = marks.legend(strategies) if with_legend else None
    x = {"field": "labelled", "type": "quantitative", "title": "slices annotated", "scale": {"nice": False}}
    y = {"type": "quantitative", "title": f"difference to {control}"}
    colour, dashes = marks.colour(strategies, legend), marks.dashes(strategies, legend)
    along = {"x": x, "color": colour}
    tooltip = [
        {"field": "strategy", "title": "strategy"},
        {"field": "labelled", "title": "slices annotated"},
        {"field": "value", "title": "difference", "format": "+.4f"},
        {"field": "low", "title": "band from", "format": "+.4f"},
        {"field": "high", "title": "band to", "format": "+.4f"},
        {"field": "seeds", "title": "seeds"},
    ]
    return {
        "layer": [
            {
                "data": {"name": "bands"},
                "mark": {"type": "area", "opacity": 0.13, "tooltip": None},
                "encoding": {**along, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
            },
            {
                "data": {"name": "differences"},
                "mark": {"type": "rule", "strokeWidth": 1.5},
                "encoding": {"y": {**y, "datum": 0}},
            },
            {
                "data": {"name": "differences"},
                "mark": {"type": "line", "strokeWidth": 2, "tooltip": None},
                "encoding": {**along, "y": {**y, "field": "value"}, "strokeDash": dashes},
            },
            {
                "data": {"name": "differences"},
                "mark": {"type": "point", "filled": True, "size": 26, "opacity": 1},
                "encoding": {**along, "y": {**y, "field": "value"}, "tooltip": tooltip},
            },
        ],
    }
