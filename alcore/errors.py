"""The one exception that a user can act on, and how it shows a value."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_SHOWN = 80
"""Most characters of a value in a message."""


class AlsegError(Exception):
    """Something the user can fix: one clear sentence and, where there is one, a hint.

    Args:
        message: what is wrong, naming the file, component or option.
        hint: what to do about it; empty where nothing useful can be said.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __reduce__(self) -> tuple[object, ...]:
        # Worker processes send their errors home by pickle, which would lose the keyword argument.
        return (_rebuild, (type(self), self.message, self.hint))


def plugin_fault(origin: str, what: str) -> AlsegError:
    """The error that tells of a plugin's fault, not of the user's or alseg's.

    Args:
        origin: the component with distribution and version, or the plugin.
        what: what it did, as the sentence goes on: ``"selected a slice twice"``.
    """
    return AlsegError(f"{origin} {what}", hint="this is a fault of that plugin: please report it to its author")


def _rebuild(kind: type[AlsegError], message: str, hint: str) -> AlsegError:
    return kind(message, hint=hint)


def shown(value: Any) -> str:
    """``repr(value)`` for a message; the middle of a long one is left out."""
    text = repr(value)
    kept = _SHOWN // 2
    return text if len(text) <= _SHOWN else f"{text[:kept]} ... {text[-kept:]}"


@contextmanager
def library_needed(what: str) -> Iterator[None]:
    """Around the import of a library that not every installation has: say what needs it.

    Args:
        what: the subject of the message, in the plural, such as ``"tables in Python"``.

    Raises:
        AlsegError: it is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        name = str(error.name)
        raise AlsegError(f"{what} need {name}, which is not installed", hint=f"pip install {name}") from error
