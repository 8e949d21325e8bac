"""The figures of the page as PNG and SVG files for papers."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from alcore import AlsegError
from alcore.escapes import file_names, one_line
from alcore.files import make_folder, write_bytes
from alseg_results.measure import Measure
from alseg_results.report.charts.chart import SCHEMA
from alseg_results.report.charts.learning_curves import X, Y
from alseg_results.report.charts.texts import all_drawn
from alseg_results.report.page import Drawing, Page
from alseg_results.report.theme import LIGHT, vega_config, vega_parameters
from alseg_results.tidy import MEAN

WIDTH, HEIGHT = 480, 300
"""Of the plot itself, in pixels of 1/96 inch: the width of a text column and a bit."""
DPI = 300


def write_figures(page: Page, folder: Path, measure: Measure) -> list[Path]:
    """Write every chart of the page as ``NAME.png`` (300 dpi) and ``NAME.svg`` into ``folder``; return the paths.

    Learning curves are those of ``measure``, mean of the foreground classes.

    Raises:
        AlsegError: a chart cannot be drawn, or the folder cannot be made or written to.
    """
    import vl_convert

    make_folder(folder)
    paths = []
    for name, spec in _specifications(page, measure):
        try:
            content = {
                "png": vl_convert.vegalite_to_png(spec, ppi=DPI, scale=1, allowed_base_urls=[]),
                "svg": vl_convert.vegalite_to_svg(spec, allowed_base_urls=[]).encode("utf-8"),
            }
        except ValueError as error:
            reason = one_line(" ".join(str(error).split("\n")[:2]))
            raise AlsegError(f"the figure {name} cannot be drawn: {reason}", hint="leave out --figures") from error
        for ending, data in content.items():
            path = folder / f"{name}.{ending}"
            write_bytes(path, data)
            paths.append(path)
    return paths


def _specifications(page: Page, measure: Measure) -> Iterator[tuple[str, dict[str, Any]]]:
    datasets = [dataset.name for dataset in page.datasets]
    endings: dict[str | None, str] = {None: ""}
    endings |= {dataset: f"-{name}" for dataset, name in zip(datasets, file_names(datasets), strict=True)}
    for section in page.sections:
        for drawing in section.charts:
            rows = {name: _here(rows, drawing, measure) for name, rows in drawing.chart.data.items()}
            if rows[drawing.chart.main]:
                name = f"{drawing.key}{endings[drawing.dataset]}"
                yield name, all_drawn(_specification(drawing, rows, measure))


def _here(rows: Sequence[Mapping[str, Any]], drawing: Drawing, measure: Measure) -> list[dict[str, Any]]:
    """The rows that the drawing is about."""
    wanted = {"split": measure.split, "metric": measure.metric, "class": MEAN}
    if drawing.dataset is not None:
        wanted["dataset"] = drawing.dataset
    kept = [dict(row) for row in rows if all(row.get(key, value) == value for key, value in wanted.items())]
    for row in kept:
        row["x"] = row.get("labelled")
    return [{key: None if value != value else value for key, value in row.items()} for row in kept]


def _specification(drawing: Drawing, rows: Mapping[str, Any], measure: Measure) -> dict[str, Any]:
    spec = dict(drawing.chart.figure or drawing.chart.spec)
    if "layer" in spec:
        spec["layer"] = [layer for layer in spec["layer"] if "data" not in layer or rows[layer["data"]["name"]]]
    text = json.dumps(spec)
    for word, meaning in ((X, "slices annotated"), (Y, measure.title)):
        text = text.replace(json.dumps(word), json.dumps(meaning))
    return {
        "$schema": SCHEMA,
        "width": WIDTH,
        "height": HEIGHT,
        **json.loads(text),
        "title": {"text": drawing.title, "anchor": "start"},
        "params": [{"name": name, "value": value} for name, value in vega_parameters(LIGHT).items()],
        "config": {**vega_config(LIGHT), "background": LIGHT.ground, "padding": 8},
        "datasets": rows,
    }
