"""Values without the paths of the machine that they come from."""

import re
from collections.abc import Mapping
from typing import Any

_ABSOLUTE = re.compile(r"(?:~|[A-Za-z]:)?[/\\].+|~")


def without_paths(value: Any) -> Any:
    """The value with every text that is an absolute path cut to its last part: folders tell of people and machines."""
    if isinstance(value, str):
        return re.split(r"[/\\]", value.rstrip("/\\"))[-1] if _ABSOLUTE.fullmatch(value) else value
    if isinstance(value, Mapping):
        return {name: without_paths(one) for name, one in value.items()}
    return [without_paths(one) for one in value] if isinstance(value, list | tuple) else value
