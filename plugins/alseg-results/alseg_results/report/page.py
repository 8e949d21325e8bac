"""The page: its parts as plain values, and how they become one HTML file."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from alseg.show.table import Table

from alcore.escapes import printable
from alseg_results.report.charts.chart import SCHEMA, Chart, packed
from alseg_results.report.charts.strategies import N_COLOURS, dash
from alseg_results.report.charts.texts import all_drawn, drawn
from alseg_results.report.theme import DARK, LIGHT, Theme, css_variables, vega_config, vega_parameters
from alseg_results.tables.render import LATEX_FOOT, latex_head, latex_row

if TYPE_CHECKING:
    from jinja2 import Environment


@dataclass(frozen=True)
class Drawing:
    """A place in the page where a chart is drawn.

    Args:
        chart: the chart.
        title: of this place.
        description: of this place, for a screen reader.
        dataset: the dataset that is drawn here; None where the chart is about all.
        measured: whether a line says what is measured now.
        wide: whether it takes the page's whole width.
    """

    chart: Chart
    title: str
    description: str
    dataset: str | None = None
    measured: bool = False
    wide: bool = False

    @property
    def key(self) -> str:
        """The chart's name."""
        return self.chart.key

    @property
    def needs_key(self) -> bool:
        """Whether only colours tell strategies apart: a page whose choices are folded must say whose they are."""
        return self.chart.figure is not None

    @classmethod
    def whole(cls, chart: Chart, *, wide: bool = False) -> "Drawing":
        """The place of a chart that is drawn once."""
        return cls(chart, chart.title, chart.description, wide=wide)


@dataclass(frozen=True)
class Picture:
    """A picture in the page.

    Args:
        title: its title.
        text: what it shows, in a sentence.
        description: for a screen reader.
        source: data URI.
        width: in pixels.
        height: in pixels.
        about: the dataset and strategy it is about.
    """

    title: str
    text: str
    description: str
    source: str
    width: int
    height: int
    about: dict[str, str]


@dataclass(frozen=True)
class Listing:
    """Text to be unfolded, such as a configuration."""

    title: str
    text: str


@dataclass(frozen=True)
class Section:
    """A section of the page; ``key`` is its anchor, ``text`` its sentences."""

    key: str
    title: str
    text: tuple[str, ...] = ()
    charts: tuple[Drawing, ...] = ()
    tables: tuple[Table, ...] = ()
    pictures: tuple[Picture, ...] = ()
    listings: tuple[Listing, ...] = ()


@dataclass(frozen=True)
class Choice:
    """A list to choose one of; ``options`` are (value, text)."""

    name: str
    title: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Shown:
    """A dataset or strategy that can be chosen."""

    name: str
    title: str
    colour: int = 0
    dash: str = ""


@dataclass(frozen=True)
class Page:
    """All that the page says.

    Args:
        title: of the page.
        lead: the sentences under the title.
        made: when it was made.
        notices: what is missing or to be read with care, a sentence each.
        datasets: the datasets, with their titles.
        strategies: the strategies, in the order of their colours.
        choices: what the learning curves can be made to show.
        sections: the sections.
    """

    title: str
    lead: tuple[str, ...]
    made: str
    notices: tuple[str, ...]
    datasets: tuple[Shown, ...]
    strategies: tuple[Shown, ...]
    choices: tuple[Choice, ...]
    sections: tuple[Section, ...] = field(default=())

    @property
    def charts(self) -> dict[str, Chart]:
        """All charts by name."""
        return {drawing.key: drawing.chart for section in self.sections for drawing in section.charts}


def strategies_shown(names: Sequence[str]) -> tuple[Shown, ...]:
    """Strategies as the page's choices show them."""
    return tuple(
        Shown(name, name, place % N_COLOURS, "" if dash(place)[1] == 0 else " ".join(map(str, dash(place))))
        for place, name in enumerate(names)
    )


def render(page: Page) -> str:
    """The page as one HTML file that reads nothing else."""
    from importlib.metadata import version

    import vl_convert

    template = _environment().get_template("page.html.j2")
    return template.render(
        page=page,
        version=version("alseg"),
        light=_variables(LIGHT),
        dark=_variables(DARK),
        data=_json(all_drawn(_data(page))),
        vega=_script(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")),
    )


def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("alseg_results.report"),
        autoescape=lambda name: bool(name) and str(name).endswith((".html.j2",)),
        undefined=StrictUndefined,
        finalize=lambda value: printable(value) if type(value) is str else value,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["to_json"] = lambda value: json.dumps(all_drawn(value), ensure_ascii=False)
    environment.filters["drawn"] = drawn
    environment.filters["breakable"] = _breakable
    environment.filters |= {"latex_head": latex_head, "latex_row": latex_row}
    environment.globals["latex_foot"] = LATEX_FOOT
    return environment


def _breakable(text: str) -> Any:
    """The text with places where a long name of a strategy may be broken, and none behind a sign or before a unit."""
    from markupsafe import Markup, escape

    joined = re.sub(r"(?<=[±+]) | (?=[%\[])", "\u00a0", printable(text))
    return Markup(re.sub(r"(?<=[:,=/_])(?=\S)", "<wbr>", str(escape(joined))))


def _variables(theme: Theme) -> str:
    categories = " ".join(f"--category-{place}: {colour};" for place, colour in enumerate(theme.categories))
    return f"{css_variables(theme)} {categories}"


def _script(text: str) -> Any:
    """A program for a script element: nothing in it can end the element (HTML standard, 4.12.1.3)."""
    from markupsafe import Markup

    return Markup(re.sub("</(?=script)", "<\\\\/", text, flags=re.IGNORECASE))


def _json(value: Any) -> Any:
    """A value for a script element: no ``<`` is left that could begin a tag."""
    from markupsafe import Markup

    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Markup(text.replace("<", "\\u003c"))


def _data(page: Page) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "themes": {"light": vega_config(LIGHT), "dark": vega_config(DARK)},
        "parameters": {"light": vega_parameters(LIGHT), "dark": vega_parameters(DARK)},
        "charts": {
            key: {
                "spec": chart.spec,
                "data": {name: packed(rows) for name, rows in chart.data.items()},
                "columns": chart.columns,
                "main": chart.main,
                "height": chart.height,
            }
            for key, chart in page.charts.items()
        },
    }
