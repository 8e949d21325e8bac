"""How a strategy is told from the others: by the same colour and dashes in every chart."""

from collections.abc import Sequence
from typing import Any

from alseg_results.report.theme import DASHES, LIGHT

N_COLOURS = len(LIGHT.categories)


def dash(place: int) -> list[int]:
    """The dash pattern of the strategy at ``place``: the next one whenever the colours begin again."""
    return DASHES[place // N_COLOURS % len(DASHES)]


def colour(strategies: Sequence[str], legend: dict[str, Any] | None = None) -> dict[str, Any]:
    """The encoding of a strategy as colour; ``legend`` None leaves the legend out."""
    return {"field": "strategy", "type": "nominal", "scale": {"domain": list(strategies)}, "legend": legend}


def dashes(strategies: Sequence[str], legend: dict[str, Any] | None = None) -> dict[str, Any]:
    """The encoding of a strategy as dash pattern."""
    patterns = [dash(place) for place in range(len(strategies))]
    scale = {"domain": list(strategies), "range": patterns}
    return {"field": "strategy", "type": "nominal", "scale": scale, "legend": legend}


def legend(strategies: Sequence[str]) -> dict[str, Any]:
    """A legend under the chart that stays readable with forty strategies."""
    longest = max(map(len, strategies), default=1)
    columns = max(1, min(len(strategies), 4, 80 // (longest + 6)))
    shape = {"columns": columns, "symbolType": "stroke", "symbolOpacity": 1, "labelLimit": 0}  # 0: never cut
    return {"title": None, "orient": "bottom", **shape}
