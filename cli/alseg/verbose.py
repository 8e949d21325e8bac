"""``--verbose``: what every command has, before or after its name."""

import sys
from typing import Any

import click


def _set(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        _show_what_the_core_tells()


def _show_what_the_core_tells() -> None:
    import logging

    logger = logging.getLogger("alcore")
    if not logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(name)s: %(message)s"))
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)


def verbose_option() -> click.Option:
    """A new option ``--verbose``: tracebacks of all errors, loading times of plugins."""
    details: dict[str, Any] = {"is_flag": True, "expose_value": False, "is_eager": True, "callback": _set}
    return click.Option(["-v", "--verbose"], help="Show tracebacks and how long each plugin takes to load.", **details)


def is_verbose(arguments: list[str]) -> bool:
    """Whether a command line asks for it."""
    return any(argument in ("-v", "--verbose") for argument in arguments)
