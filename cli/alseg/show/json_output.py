"""The one place that prints JSON: numbers that JSON does not know become null."""

import json
import math
from collections.abc import Mapping
from typing import Any

from alseg.output import echo


def echo_json(value: Any, *, indent: int | None = 2) -> None:
    """Print a value as strict JSON (RFC 8259): NaN and infinities, which it has no word for, are null."""
    echo(json.dumps(finite(value), indent=indent, allow_nan=False))


def finite(value: Any) -> Any:
    """The value with every number that is not finite replaced by None, however deep."""
    if isinstance(value, Mapping):
        return {str(key): finite(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [finite(part) for part in value]
    if hasattr(value, "item"):  # a number of numpy
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
