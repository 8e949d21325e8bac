"""A chart: a Vega-Lite specification, its data, and what it says to those who cannot see it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
"""Names the language of a specification; nothing is ever read from there."""


@dataclass(frozen=True)
class Chart:
    """One chart.

    Args:
        key: its name in the page and as a file, unique.
        title: its title; says where the data is synthetic.
        description: what it shows, in one or two sentences, for a screen reader.
        spec: the Vega-Lite specification, without data, title and size.
        data: rows by the name under which ``spec`` refers to them. A row that is about a ``dataset`` or ``strategy``
            is left out by the page where that is not chosen.
        columns: fields and titles of the table that stands in for the chart, which shows ``main``'s rows.
        main: the name of the data in that table.
        height: of the drawing in the page, in pixels; None lets the specification say it.
        figure: the specification for papers, where it differs: the page's controls are a legend there.
    """

    key: str
    title: str
    description: str
    spec: Mapping[str, Any]
    data: Mapping[str, Sequence[Mapping[str, Any]]]
    columns: Mapping[str, str]
    main: str
    height: int | None = 280
    figure: Mapping[str, Any] | None = None


def packed(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Rows as columns, each text written once: a tenth of the size. The page unpacks them.

    Numbers keep five significant digits, more than a chart shows; what is no finite number becomes null.
    """
    fields = list(rows[0]) if rows else []
    columns: dict[str, Any] = {}
    for name in fields:
        values = [row[name] for row in rows]
        if any(isinstance(value, str) for value in values):
            texts = list(dict.fromkeys(values))
            places = {text: place for place, text in enumerate(texts)}
            columns[name] = {"texts": texts, "places": [places[value] for value in values]}
        else:
            columns[name] = [_short(value) for value in values]
    return {"length": len(rows), "columns": columns}


def _short(value: float | int | None) -> float | int | None:
    if value is None or not math.isfinite(value):
        return None
    return int(value) if float(value).is_integer() else float(f"{value:.5g}")
