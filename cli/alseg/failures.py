"""What is printed when something goes wrong, and the exit status that it ends in."""

import sys
import traceback
from functools import cache
from types import FrameType

from alcore import AlsegError
from alseg.output import echo
from alseg.wrapping import wrapped

EXIT_USER_ERROR = 2
EXIT_BUG = 70
EXIT_INTERRUPTED = 130


def show_user_error(error: AlsegError, verbose: bool) -> None:
    """Two lines; the traceback before them where the user asked for it."""
    if verbose:
        traceback.print_exception(error)
    _labelled("error:", error.message)
    if error.hint:
        _labelled("hint: ", error.hint)


def show_bug(error: Exception) -> None:
    """The traceback, and where to report it."""
    traceback.print_exception(error)
    echo("", err=True)
    origin = _plugin_in(error)
    where = f"raised in the plugin {origin}: report it to its authors" if origin else "a fault of alseg: report it"
    _labelled("bug:  ", f"this is {where}, with the lines above and what 'alseg plugins doctor' prints")


def _labelled(label: str, text: str) -> None:
    """One line; on a terminal broken between words and indented, so that it stays readable at 80 columns."""
    if sys.stderr.isatty():
        import shutil

        width = max(40, shutil.get_terminal_size().columns)
        text = wrapped(f"{label} {text}", width, indent=" " * 7).removeprefix(f"{label} ")
    echo(f"{label} {text}", err=True)


def _plugin_in(error: BaseException) -> str:
    """Distribution and version of the innermost frame that belongs to a plugin; empty where none does."""
    origins = [plugin_of(frame) for frame, _ in traceback.walk_tb(error.__traceback__)]
    return next(filter(None, reversed(origins)), "")


def plugin_of(frame: FrameType) -> str:
    """Distribution and version of the plugin that a frame's code belongs to; empty where it is none's."""
    package = str(frame.f_globals.get("__name__", "")).partition(".")[0]
    return _plugins().get(package, "")


@cache
def _plugins() -> dict[str, str]:
    from alcore.registry import discover

    return {
        found.module.partition(".")[0]: found.origin
        for found in discover()
        if found.module and found.distribution != "alseg"
    }
