"""Load each plugin alone. Loading never raises: what goes wrong is recorded and everything else goes on."""

import importlib
import logging
import os
import sys
import threading
import time
import traceback
from collections.abc import Iterable
from contextlib import redirect_stdout
from dataclasses import dataclass
from types import ModuleType
from typing import Literal

from alcore.errors import AlsegError
from alcore.guards.process_state import process_state_kept
from alcore.guards.python_state import PLUGIN_PACKAGES
from alcore.guards.time_limit import time_limit
from alcore.hookspecs import API_VERSION
from alcore.interrupts import ctrl_c_noted
from alcore.registry.discovery import Found, is_blocked
from alcore.registry.offers import UnsoundPluginError, specs_of
from alcore.registry.suspects import ImportNotes, dies_again
from alcore.specs import ComponentSpec

_log = logging.getLogger(__name__)

SECONDS_VARIABLE = "ALSEG_PLUGIN_SECONDS"
"""Environment variable: the longest, in seconds, that importing one plugin and asking what it offers may take."""

DEFAULT_SECONDS = 15.0
_LONGEST_LINE = 500

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
        undone: what it changed for everybody while it was imported, which was set back.
    """

    found: Found
    state: State
    api_version: int | None = None
    specs: tuple[ComponentSpec, ...] = ()
    error: str = ""
    traceback: str = ""
    seconds: float = 0.0
    undone: tuple[str, ...] = ()


def load_plugins(found: Iterable[Found], blocked: Iterable[str] = ()) -> list[PluginRecord]:
    """Import each plugin and collect its specs, recording every failure with its plugin."""
    blocked, notes, seconds = frozenset(blocked), ImportNotes(), seconds_allowed()
    suspects = notes.suspects()
    records = []
    for plugin in found:
        if is_blocked(plugin, blocked):
            records.append(PluginRecord(plugin, "blocked"))
        elif plugin.module in suspects and dies_again(plugin, seconds):
            records.append(PluginRecord(plugin, "broken", error=f"importing {plugin.module!r} ends the process"))
        else:
            if plugin.module in suspects:
                suspects[plugin.module].unlink(missing_ok=True)
            with notes.importing(plugin):
                records.append(_load_one(plugin, seconds))
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


def seconds_allowed() -> float:
    """What ``ALSEG_PLUGIN_SECONDS`` allows a plugin.

    Raises:
        AlsegError: it is no positive number.
    """
    text = os.environ.get(SECONDS_VARIABLE, "") or str(DEFAULT_SECONDS)
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < threading.TIMEOUT_MAX:
        raise AlsegError(f"{SECONDS_VARIABLE} is {text!r}, no positive number of seconds", hint="set another one")
    return seconds


def _load_one(found: Found, seconds: float) -> PluginRecord:
    started = time.perf_counter()
    api_version: int | None = None
    noted = undone = None
    PLUGIN_PACKAGES.add(found.module.partition(".")[0])
    try:
        # What a plugin prints while it is imported must not end up in the output of --json.
        with (
            redirect_stdout(sys.stderr),
            process_state_kept() as undone,
            ctrl_c_noted() as noted,
            time_limit(seconds, f"importing the plugin {found.plugin!r} of {found.origin}"),
        ):
            module = _imported(found)
            api_version = _stated_api(module)
            _check_api(api_version)
            specs = specs_of(module)
    except BaseException as error:  # a stranger's module may raise anything: SystemExit, a native library's panic
        if isinstance(error, KeyboardInterrupt) and (noted is None or noted.by_user):
            raise
        return PluginRecord(
            found,
            "broken",
            api_version=api_version,
            error=str(error) if isinstance(error, UnsoundPluginError) else _one_line(error),
            traceback=traceback.format_exc(),
            seconds=time.perf_counter() - started,
        )
    seconds = time.perf_counter() - started
    return PluginRecord(found, "active", api_version, specs=specs, seconds=seconds, undone=tuple(undone))


def _imported(found: Found) -> ModuleType:
    if found.fault:
        raise UnsoundPluginError(found.fault)
    if not found.module or ":" in found.module:
        raise UnsoundPluginError(f"its entry point must name a module, not {found.module!r}")
    return importlib.import_module(found.module)


def _stated_api(module: ModuleType) -> int:
    version = getattr(module, "ALSEG_API", API_VERSION)
    if type(version) is not int:
        raise UnsoundPluginError(f"ALSEG_API is a {type(version).__name__}, not the number of a plugin API")
    return version


def _check_api(version: int) -> None:
    if version != API_VERSION:
        raise UnsoundPluginError(f"made for plugin API {version}; this alseg has {API_VERSION}")


def _one_line(error: BaseException) -> str:
    """Type and message, cut short; of a syntax error, not the indented lines that show where it is."""
    lines = "".join(traceback.format_exception_only(error)).splitlines()
    line = next((line for line in lines if line and not line[0].isspace()), type(error).__name__)
    return line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]} …"
