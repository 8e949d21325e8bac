"""Heat maps whose cells say their number."""

from collections.abc import Sequence
from typing import Any

HALF = 380
"""Pixels of a drawing in half of the page."""

STEP = 46
"""Width of a cell in pixels."""


def width(columns: Sequence[str], rows: Sequence[str]) -> int:
    """About how many pixels a matrix takes: names of rows stand beside it, and those of columns slant above it."""
    return STEP * len(columns) + 6 * sum(max(map(len, names), default=0) for names in (columns, rows))


def spec(
    x: str, y: str, *, titles: tuple[str, str, str], form: str, most: float, order: Sequence[str], least: float = 0.0
) -> dict[str, Any]:
    """The specification of a heat map of ``cells`` with a ``value`` each.

    Args:
        x: field of the columns.
        y: field of the rows.
        titles: of columns, rows and values.
        form: how a value is written (d3-format).
        most: the value of the strongest colour.
        order: of rows, and of columns where they are strategies too.
        least: the value of the weakest colour.
    """
    across: dict[str, Any] = {
        "field": x,
        "type": "nominal",
        "title": titles[0],
        "axis": {"orient": "top", "labelAngle": -40},
    }
    down = {"field": y, "type": "nominal", "title": titles[1], "sort": list(order)}
    scale = {"domain": [least, most]}
    across["sort"] = list(order) if x == "rival" else None
    return {
        "data": {"name": "cells"},
        "width": {"step": STEP},
        "height": {"step": 30},
        "encoding": {"x": across, "y": down},
        "layer": [
            {
                "mark": {"type": "rect", "cornerRadius": 3},
                "encoding": {
                    "color": {"field": "value", "type": "quantitative", "scale": scale, "legend": None},
                    "tooltip": [
                        {"field": y, "title": titles[1]},
                        {"field": x, "title": titles[0]},
                        {"field": "value", "title": titles[2], "format": form},
                    ],
                },
            },
            {
                "mark": {"type": "text", "fontSize": 11},
                "encoding": {
                    "text": {"field": "value", "type": "quantitative", "format": form},
                    "color": {
                        "condition": {
                            "test": f"datum.value > {least + 0.55 * (most - least):.6g}",
                            "value": {"expr": "onDark"},
                        },
                        "value": {"expr": "onLight"},
                    },
                },
            },
        ],
    }
