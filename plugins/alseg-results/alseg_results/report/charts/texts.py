"""Text of data in charts: what Vega and its renderer can take, and draw in the time of a chart."""

import hashlib
from collections.abc import Mapping
from typing import Any

from alcore.escapes import one_line

_LONGEST = 160
"""Characters of a text that a chart draws."""

_TAKEN = frozenset(
    {"constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString", "toString", "valueOf"}
)
"""What every object of JavaScript has: Vega looks names up in objects, and finds these in all."""


def drawn(text: str) -> str:
    """The text as charts, and all of the page that is held against them, have it; no two texts become one.

    The middle of a long one is left out. Control characters end the renderer's process.
    """
    line = one_line(text)
    if line in _TAKEN:
        return f"'{line}'"
    if len(line) <= _LONGEST:
        return line
    mark, kept = hashlib.sha256(line.encode()).hexdigest()[:6], _LONGEST // 2 - 6
    return f"{line[:kept]} … {mark} … {line[-kept:]}"


def all_drawn(value: Any) -> Any:
    """A value of mappings, sequences and texts with every text as it is drawn, names of fields left alone."""
    if isinstance(value, str):
        return drawn(value)
    if isinstance(value, Mapping):
        return {name: all_drawn(one) for name, one in value.items()}
    return [all_drawn(one) for one in value] if isinstance(value, list | tuple) else value
