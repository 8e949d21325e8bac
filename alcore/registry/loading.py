"""Load each plugin alone. Loading never raises: what goes wrong is recorded and everything else goes on."""

import importlib
import logging
import sys
import time
import traceback
from collections.abc import Iterable
from contextlib import redirect_stdout
from dataclasses import dataclass
from types import ModuleType
from typing import Literal

from alcore.hookspecs import API_VERSION
from alcore.registry.discovery import Found, is_blocked
from alcore.registry.offers import UnsoundPluginError, specs_of
from alcore.specs import ComponentSpec

_log = logging.getLogger(__name__)

State = Literal["active", "blocked", "broken"]


@dataclass(frozen=True)
class PluginRecord:
    """What became of one plugin.

    Args:
        found: where it comes from.
        state: ``active``, ``blocked`` (not imported) or ``broken``.
        api_version: the plugin API that it was made for; None where it could not be asked.
        specs: what it offers; empty unless active.
        error: one line on why it is broken.
        traceback: the whole story of that error.
        seconds: time that importing it and calling its hooks took.
    """

    found: Found
    state: State
    api_version: int | None = None
    specs: tuple[ComponentSpec, ...] = ()
    error: str = ""
    traceback: str = ""
    seconds: float = 0.0


def load_plugins(found: Iterable[Found], blocked: Iterable[str] = ()) -> list[PluginRecord]:
    """Import each plugin and collect its specs, recording every failure with its plugin."""
    blocked = frozenset(blocked)
    records = [
        PluginRecord(plugin, "blocked") if is_blocked(plugin, blocked) else _load_one(plugin) for plugin in found
    ]
    for record in records:
        _log.debug(
            "plugin %r of %s: %s, %.1f ms%s",
            record.found.plugin,
            record.found.origin,
            record.state,
            record.seconds * 1000,
            "\n" + record.traceback if record.traceback else "",
        )
    return records


def _load_one(found: Found) -> PluginRecord:
    started = time.perf_counter()
    api_version: int | None = None
    try:
        # What a plugin prints while it is imported must not end up in the output of --json.
        with redirect_stdout(sys.stderr):
            module = _imported(found)
            api_version = getattr(module, "ALSEG_API", API_VERSION)
            _check_api(api_version)
            specs = specs_of(module)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a stranger's module may raise anything: SystemExit, a native library's panic
        return PluginRecord(
            found,
            "broken",
            api_version=api_version,
            error=str(error) if isinstance(error, UnsoundPluginError) else _one_line(error),
            traceback=traceback.format_exc(),
            seconds=time.perf_counter() - started,
        )
    return PluginRecord(found, "active", api_version, specs=specs, seconds=time.perf_counter() - started)


def _imported(found: Found) -> ModuleType:
    if not found.module or ":" in found.module:
        raise UnsoundPluginError(f"its entry point must name a module, not {found.module!r}")
    return importlib.import_module(found.module)


def _check_api(version: object) -> None:
    if version != API_VERSION:
        raise UnsoundPluginError(f"made for plugin API {version}; this alseg has {API_VERSION}")


def _one_line(error: BaseException) -> str:
    """Type and message; of a syntax error, not the indented lines that show where it is."""
    lines = "".join(traceback.format_exception_only(error)).splitlines()
    return next((line for line in lines if line and not line[0].isspace()), type(error).__name__)
