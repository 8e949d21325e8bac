"""``--set key=value``: options given on the command line."""

from collections.abc import Iterable
from typing import Any

from alcore.errors import AlsegError, shown
from alcore.runs.layers import toml_value


def parse_assignments(texts: Iterable[str], section: str = "") -> dict[str, Any]:
    """Split each ``key=value`` and read the value as TOML, or as plain text where it is none.

    A key may begin with ``section``, as listings print it: ``dataset.noise`` is ``noise``.
    ``spacing=[1, 1, 1]``, ``noise=0.1`` and ``merge_foreground=true`` are TOML; ``slice_axis=x`` is plain text.

    Raises:
        AlsegError: a text has no ``=`` or a key comes twice.
    """
    values: dict[str, Any] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        key = key.strip().removeprefix(f"{section}." if section else "")
        if not equals or not key:
            raise AlsegError(f"--set {shown(text)} is not of the form key=value", hint="for example: --set noise=0.1")
        if key in values:
            raise AlsegError(f"--set gives {shown(key)} twice", hint="give each option once")
        values[key] = toml_value(value)
    return values
