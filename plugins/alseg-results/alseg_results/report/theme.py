"""Colours of the report, light and dark, and what Vega-Lite makes of them.

Every text colour has a contrast of at least 4.5 against its ground and every line and mark at least 3 (WCAG 2.2,
1.4.3 and 1.4.11), and no two lines are alike to who sees no red, no green or no blue; a test computes both.
"""

from dataclasses import dataclass
from typing import Any

DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [10, 2], [3, 5])
"""Dash patterns: they tell apart what shares a colour, so that seven colours serve forty-two strategies."""


@dataclass(frozen=True)
class Theme:
    """The colours of one appearance, as CSS writes them.

    Args:
        ground: behind everything.
        raised: behind controls and table heads.
        text: of the page.
        quiet: of captions and axes.
        line: borders and rules, decoration only.
        accent: links, buttons and focus.
        warning: edge of notices.
        categories: one per strategy, in turn.
        ramp: from little to much, for heat maps.
        on_ramp: text on the light and the dark end of ``ramp``.
    """

    ground: str
    raised: str
    text: str
    quiet: str
    line: str
    accent: str
    warning: str
    categories: tuple[str, ...]
    ramp: tuple[str, ...]
    on_ramp: tuple[str, str]


LIGHT = Theme(
    ground="#ffffff",
    raised="#f3f5f8",
    text="#17202b",
    quiet="#4d5a69",
    line="#d5dbe3",
    accent="#0b5cad",
    warning="#b45309",
    categories=("#0b60ab", "#ca761f", "#550c5c", "#2ba09d", "#7e5348", "#a463fc", "#272f08"),
    ramp=("#f1f6fc", "#b9d5f0", "#6ea8dc", "#2a74b8", "#0b3f78"),
    on_ramp=("#17202b", "#ffffff"),
)
DARK = Theme(
    ground="#12171e",
    raised="#1c232d",
    text="#e8edf3",
    quiet="#a9b5c3",
    line="#343e4b",
    accent="#7cbcff",
    warning="#f2b14c",
    categories=("#5fa9fa", "#fbd60a", "#bb3300", "#80ebf6", "#d9926d", "#2f67f5", "#87558b"),
    ramp=("#1a2431", "#20446b", "#2f6fa9", "#67a9e0", "#c4e1fb"),
    on_ramp=("#e8edf3", "#12171e"),
)


def vega_config(theme: Theme) -> dict[str, Any]:
    """Vega-Lite's configuration for charts on the ground of ``theme``."""
    font = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"
    return {
        "background": None,
        "font": font,
        "aria": False,  # the page describes a chart as a whole and gives its numbers in a table
        "view": {"stroke": None},
        "axis": {
            "labelColor": theme.quiet,
            "titleColor": theme.quiet,
            "gridColor": theme.line,
            "domainColor": theme.quiet,
            "tickColor": theme.quiet,
            "labelFontSize": 12,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
            "labelLimit": 190,
        },
        "header": {"labelColor": theme.text, "titleColor": theme.text, "labelFontSize": 12},
        "legend": {
            "labelColor": theme.text,
            "titleColor": theme.quiet,
            "labelFontSize": 12,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
            "labelLimit": 260,
            "symbolStrokeWidth": 2,
            "symbolSize": 180,
        },
        "title": {"color": theme.text, "subtitleColor": theme.quiet, "fontSize": 14, "subtitleFontSize": 12},
        "text": {"color": theme.text},
        "rule": {"color": theme.quiet},
        "range": {"category": list(theme.categories), "ramp": list(theme.ramp), "heatmap": list(theme.ramp)},
    }


def vega_parameters(theme: Theme) -> dict[str, Any]:
    """Values that specifications name because Vega-Lite's configuration cannot give them."""
    return {"onLight": theme.on_ramp[0], "onDark": theme.on_ramp[1]}


def css_variables(theme: Theme) -> str:
    """The colours as custom properties of a style sheet."""
    names = ("ground", "raised", "text", "quiet", "line", "accent", "warning")
    return " ".join(f"--{name}: {getattr(theme, name)};" for name in names)
