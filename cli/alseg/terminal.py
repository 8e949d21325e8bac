"""The one door to the terminal: text from data is shown as it is, and steers nothing."""

import unicodedata
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console

_STEERING = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Unicode's categories of characters that a terminal obeys or cannot write."""

_HARMLESS = "\n\t\u00ad\u200c\u200d"
"""Of these, what layout and scripts need: line ends, tabs, soft hyphens, joiners."""


def printable(text: str) -> str:
    """``text`` with escapes in place of control characters, bidirectional overrides and lone surrogates."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        character.encode("unicode_escape").decode("ascii")
        if unicodedata.category(character) in _STEERING and character not in _HARMLESS
        else character
        for character in text
    )


def echo(message: Any = "", *, err: bool = False, nl: bool = True) -> None:
    """:func:`click.echo` of what is printable."""
    click.echo(printable(str(message)), err=err, nl=nl)


def secho(message: Any, *, err: bool = False, **style: Any) -> None:
    """:func:`click.secho` of what is printable."""
    click.secho(printable(str(message)), err=err, **style)


def terminal(**details: Any) -> "Console":
    """A rich console that takes brackets and emoji codes for text, in tables too.

    Args:
        details: further arguments of the console, such as ``stderr=True``.
    """
    from rich.console import Console

    class PlainConsole(Console):
        def render_str(self, text: str, **how: Any) -> Any:
            return super().render_str(printable(text), **how)

    return PlainConsole(highlight=False, markup=False, emoji=False, **details)
