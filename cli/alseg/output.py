"""The one door to the terminal: text from data is shown as it is, and steers nothing."""

from typing import TYPE_CHECKING, Any

import click

from alcore.escapes import printable
from alseg.wrapping import wrapped

if TYPE_CHECKING:
    from rich.console import Console


def echo(message: Any = "", *, err: bool = False, nl: bool = True) -> None:
    """:func:`click.echo` of what is printable."""
    click.echo(printable(str(message)), err=err, nl=nl)


def secho(message: Any, *, err: bool = False, **style: Any) -> None:
    """:func:`click.secho` of what is printable."""
    click.secho(printable(str(message)), err=err, **style)


def say(console: "Console", text: str, style: str = "") -> None:
    """Print a sentence: on a terminal broken between words, elsewhere in one line, for who searches and copies."""
    from rich.text import Text

    lines = wrapped(text, console.width) if console.is_terminal else text
    console.print(Text(lines, style=style), soft_wrap=True)


def terminal(**details: Any) -> "Console":
    """A rich console that takes brackets and emoji codes for text, in tables too.

    Args:
        details: further arguments of the console, such as ``stderr=True``.
    """
    from rich.console import Console

    class PlainConsole(Console):
        def render_str(self, text: str, **how: Any) -> Any:
            return super().render_str(printable(text), **how)

        def render(self, renderable: Any, options: Any = None) -> Any:
            for segment in super().render(renderable, options):  # what came as a Text of its own
                yield segment if segment.control else segment._replace(text=printable(segment.text))

    return PlainConsole(highlight=False, markup=False, emoji=False, **details)
