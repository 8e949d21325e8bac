"""Warn of what is going to end, and say when."""

import re
import warnings

_VERSION = re.compile(r"\d+\.\d+(\.\d+)?")


def warn_deprecated(what: str, *, ends: str, instead: str = "", stacklevel: int = 2) -> None:
    """Warn that something still works, but will not for ever.

    A test of alseg fails once the version in which it ends is reached while the call is still there.

    Args:
        what: what is deprecated, as its user writes it: ``alcore.old_name``, ``the option strategy.size``.
        ends: the version that no longer has it, such as ``0.3``; a literal, so that the test can read it.
        instead: what to use in its place.
        stacklevel: as for :func:`warnings.warn`, counted from the caller: 2 blames the code that called it.

    Raises:
        ValueError: ``ends`` is no version.
    """
    if not _VERSION.fullmatch(ends):
        raise ValueError(f"{ends!r} is no version of the form 1.2 or 1.2.3")
    advice = f"; use {instead} instead" if instead else ""
    warnings.warn(f"{what} is deprecated and ends in alseg {ends}{advice}", DeprecationWarning, stacklevel + 1)
