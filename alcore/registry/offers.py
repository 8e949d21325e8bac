"""Ask one imported plugin module what it offers, and say plainly what is unsound about its answer."""

from collections.abc import Iterable
from difflib import get_close_matches
from inspect import Parameter, signature
from itertools import islice
from types import ModuleType
from typing import Any

import pluggy

from alcore import hookspecs
from alcore.specs import HOOKS, SPEC_TYPES, ComponentSpec

MOST_SPECS = 10_000
_ANY_NUMBER = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)


class UnsoundPluginError(Exception):
    """A plugin breaks the contract of the registry; the message is one line."""


def specs_of(module: ModuleType) -> tuple[ComponentSpec, ...]:
    """Call the hooks of a plugin module and check what they yield.

    Raises:
        UnsoundPluginError: a hook is unknown, has wrong arguments, is not marked, or yields something else than specs,
            or a name is offered twice.
    """
    manager = _registered(module)
    specs: list[ComponentSpec] = []
    taken: set[tuple[str, str]] = set()
    for kind, hook in HOOKS.items():
        for implementation in getattr(manager.hook, hook).get_hookimpls():
            for spec in islice(_yielded(hook, implementation.function()), MOST_SPECS + 1 - len(specs)):
                if not isinstance(spec, SPEC_TYPES[kind]):
                    raise UnsoundPluginError(f"{hook} yields {spec!r}, which is no {SPEC_TYPES[kind].__name__}")
                for name in (spec.name, *spec.aliases):
                    if (kind, name) in taken:
                        raise UnsoundPluginError(f"offers the {kind} name {name!r} twice")
                    taken.add((kind, name))
                specs.append(spec)
            if len(specs) > MOST_SPECS:
                raise UnsoundPluginError(f"{hook} yields more than {MOST_SPECS} specs")
    return tuple(specs)


def _registered(module: ModuleType) -> pluggy.PluginManager:
    manager = pluggy.PluginManager(hookspecs.PROJECT_NAME)
    manager.add_hookspecs(hookspecs)
    for hook in HOOKS.values():
        if hasattr(module, hook) and manager.parse_hookimpl_opts(module, hook) is None:
            raise UnsoundPluginError(f"{hook} is not marked with @alcore.hookimpl")
        _require_known_arguments(module, hook)
    try:
        manager.register(module)
    except pluggy.PluginValidationError as error:
        raise UnsoundPluginError(" ".join(str(error).splitlines())) from error
    for caller in manager.get_hookcallers(module) or ():
        if not caller.has_spec():
            near = get_close_matches(caller.name, HOOKS.values(), n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise UnsoundPluginError(f"implements {caller.name!r}, a hook that alseg does not have{hint}")
    return manager


def _require_known_arguments(module: ModuleType, hook: str) -> None:
    given = signature(getattr(hookspecs, hook)).parameters
    wanted = signature(getattr(module, hook)).parameters.values() if hasattr(module, hook) else ()
    for parameter in wanted:
        optional = parameter.default is not Parameter.empty or parameter.kind in _ANY_NUMBER
        if parameter.name not in given and not optional:
            raise UnsoundPluginError(f"{hook} wants the argument {parameter.name!r}, which alseg does not give")


def _yielded(hook: str, answer: Any) -> Iterable[Any]:
    if not isinstance(answer, Iterable):
        raise UnsoundPluginError(f"{hook} returns {answer!r}; it must yield specs")
    return answer
