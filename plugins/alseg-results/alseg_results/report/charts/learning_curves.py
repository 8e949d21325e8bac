"""Learning curves: a score against what was annotated: mean over seeds with a band, single seeds, full-data score."""

from collections.abc import Sequence
from typing import Any

from alseg_results.report.charts import strategies as marks

CURVES, SEEDS, FULL_DATA = "curves", "seeds", "full_data"
X, Y = {"word": "x"}, {"word": "y"}
"""Titles for which words are put when the chart is drawn; no text of data is like them."""
FIELDS = ("x", "value", "low", "high", "strategy")


def spec(strategies: Sequence[str], *, with_legend: bool) -> dict[str, Any]:
    """The specification of one dataset's curves; rows of ``curves`` have the fields of :data:`FIELDS`.

    Rows of ``seeds`` have ``x``, ``value``, ``strategy`` and ``seed``. Rows of ``full_data`` have ``value``, ``low``,
    ``high`` (equal to ``value`` with one seed) and ``text``. The titles of the axes are :data:`X` and :data:`Y`.
    """
    legend = marks.legend(strategies) if with_legend else None
    x = {"field": "x", "type": "quantitative", "title": X, "scale": {"nice": False}}
    y = {"type": "quantitative", "title": Y, "scale": {"zero": False}}
    colour, dashes = marks.colour(strategies, legend), marks.dashes(strategies, legend)
    near = {"name": "near", "select": {"type": "point", "nearest": True, "on": "pointerover", "clear": "pointerout"}}
    return {
        "layer": [
            {
                "data": {"name": FULL_DATA},
                "mark": {"type": "rect", "opacity": 0.12},
                "encoding": {"y": {**y, "field": "low"}, "y2": {"field": "high"}},
            },
            {
                "data": {"name": CURVES},
                "mark": {"type": "area", "opacity": 0.14, "tooltip": None},
                "encoding": {
                    "x": x,
                    "y": {**y, "field": "low"},
                    "y2": {"field": "high"},
                    "color": colour,
                },
            },
            {
                "data": {"name": SEEDS},
                "mark": {"type": "line", "strokeWidth": 1, "opacity": 0.4, "tooltip": None},
                "encoding": {
                    "x": x,
                    "y": {**y, "field": "value"},
                    "color": colour,
                    "detail": {"field": "seed", "type": "nominal"},
                },
            },
            {
                "data": {"name": CURVES},
                "mark": {"type": "line", "strokeWidth": 2, "tooltip": None},
                "encoding": {"x": x, "y": {**y, "field": "value"}, "color": colour, "strokeDash": dashes},
            },
            {
                "data": {"name": CURVES},
                "params": [near],
                "mark": {"type": "point", "filled": True, "opacity": 1},
                "encoding": {
                    "x": x,
                    "y": {**y, "field": "value"},
                    "color": colour,
                    "size": {"condition": {"param": "near", "empty": False, "value": 90}, "value": 18},
                    "tooltip": [
                        {"field": "strategy", "title": "strategy"},
                        {"field": "x", "title": X},
                        {"field": "value", "title": "mean", "format": ".4f"},
                        {"field": "low", "title": "band from", "format": ".4f"},
                        {"field": "high", "title": "band to", "format": ".4f"},
                        {"field": "seeds", "title": "seeds"},
                    ],
                },
            },
            {
                "data": {"name": FULL_DATA},
                "mark": {"type": "rule", "strokeDash": [7, 4], "strokeWidth": 1.5},
                "encoding": {"y": {**y, "field": "value"}},
            },
            {
                "data": {"name": FULL_DATA},
                "mark": {"type": "text", "align": "left", "baseline": "bottom", "dx": 4, "dy": -3, "x": 0},
                "encoding": {"y": {**y, "field": "value"}, "text": {"field": "text"}},
            },
        ]
    }
