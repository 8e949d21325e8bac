"""alseg: the command line of alcore. These names are public, for the commands that plugins bring."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alseg.data_options import AS_JSON, DATA_DIR
    from alseg.lazy import LazyGroup
    from alseg.output import echo, say, terminal
    from alseg.progress import progress_of
    from alseg.show.json_output import echo_json
    from alseg.show.parts import print_table

_LAZY = {
    "AS_JSON": "alseg.data_options",
    "DATA_DIR": "alseg.data_options",
    "LazyGroup": "alseg.lazy",
    "echo": "alseg.output",
    "echo_json": "alseg.show.json_output",
    "print_table": "alseg.show.parts",
    "progress_of": "alseg.progress",
    "say": "alseg.output",
    "terminal": "alseg.output",
}

__all__ = ["AS_JSON", "DATA_DIR", "LazyGroup", "echo", "echo_json", "print_table", "progress_of", "say", "terminal"]


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'alseg' has no attribute {name!r}")
    return getattr(importlib.import_module(_LAZY[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
