"""Load each plugin alone. Loading never raises: what goes wrong is recorded and everything else goes on."""

import importlib
import time
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Literal

import pluggy

from alcore import hookspecs
from alcore.registry.discovery import Found, is_blocked
from alcore.specs import HOOKS, SPEC_TYPES, ComponentSpec

State = Literal["active", "blocked", "broken"]


@dataclass(frozen=True)
class PluginRecord:
    """What became of one plugin.

    Args:
        found: where it comes from.
        state: ``active``, ``blocked`` (not imported) or ``broken``.
        specs: what it offers; empty unless active.
        error: one line on why it is broken.
        traceback: the whole story of that error.
        seconds: time that importing it and calling its hooks took.
    """

    found: Found
    state: State
    specs: tuple[ComponentSpec, ...] = ()
    error: str = ""
    traceback: str = ""
    seconds: float = 0.0


class _UnsoundPluginError(Exception):
    """A plugin breaks the contract of the registry."""


def load_plugins(found: Iterable[Found], blocked: Iterable[str] = ()) -> list[PluginRecord]:
    """Import each plugin and collect its specs, recording every failure with its plugin."""
    blocked = frozenset(blocked)
    return [PluginRecord(plugin, "blocked") if is_blocked(plugin, blocked) else _load_one(plugin) for plugin in found]


def _load_one(found: Found) -> PluginRecord:
    started = time.perf_counter()
    try:
        module = importlib.import_module(found.module)
        specs = tuple(_specs_of(module))
    except (Exception, SystemExit) as error:  # a stranger's module may raise anything at all
        return PluginRecord(
            found,
            "broken",
            error=f"{type(error).__name__}: {error}".splitlines()[0]
            if not isinstance(error, _UnsoundPluginError)
            else str(error),
            traceback=traceback.format_exc(),
            seconds=time.perf_counter() - started,
        )
    return PluginRecord(found, "active", specs=specs, seconds=time.perf_counter() - started)


def _specs_of(module: ModuleType) -> Iterator[ComponentSpec]:
    made_for = getattr(module, "ALSEG_API", hookspecs.API_VERSION)
    if made_for != hookspecs.API_VERSION:
        raise _UnsoundPluginError(f"made for plugin API {made_for}; this alseg has {hookspecs.API_VERSION}")
    manager = pluggy.PluginManager(hookspecs.PROJECT_NAME)
    manager.add_hookspecs(hookspecs)
    manager.register(module)
    try:
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        raise _UnsoundPluginError(f"implements a hook that alseg does not have: {error}") from error
    seen: set[tuple[str, str]] = set()
    for kind, hook in HOOKS.items():
        for implementation in getattr(manager.hook, hook).get_hookimpls():
            for spec in implementation.function():
                if not isinstance(spec, SPEC_TYPES[kind]):
                    raise _UnsoundPluginError(f"{hook} yields {spec!r}, which is no {SPEC_TYPES[kind].__name__}")
                for name in (spec.name, *spec.aliases):
                    if (kind, name) in seen:
                        raise _UnsoundPluginError(f"offers the {kind} name {name!r} twice")
                    seen.add((kind, name))
                yield spec
