"""Look components up by kind and name."""

from collections.abc import Iterable
from difflib import get_close_matches
from functools import cached_property
from typing import Any, TypeVar

from alcore.errors import AlsegError
from alcore.registry.component import Component, named_components
from alcore.registry.discovery import BLOCK_VARIABLE, blocked_names, discover
from alcore.registry.loading import PluginRecord, load_plugins
from alcore.specs import SPEC_TYPES, ComponentSpec, Options

NO_COMPONENT = "none"

S = TypeVar("S", bound=ComponentSpec)


class Registry:
    """Components by kind and name, each with its source. Read-only.

    A kind is given as its spec class: ``registry.get(MetricSpec, "dice").spec.higher_is_better``.

    Args:
        records: what became of each plugin.
    """

    def __init__(self, records: Iterable[PluginRecord]) -> None:
        self.records = tuple(records)

    @classmethod
    def installed(cls) -> "Registry":
        """Discover and load what is installed, less what ``ALSEG_BLOCK_PLUGINS`` names."""
        return cls(load_plugins(discover(), blocked_names()))

    @cached_property
    def _offers(self) -> dict[str, dict[str, list[Component]]]:
        offers: dict[str, dict[str, list[Component]]] = {kind: {} for kind in SPEC_TYPES}
        for record in self.records:
            for spec in record.specs:
                component = Component(spec, record.found)
                for name in (spec.name, *spec.aliases):
                    offers[spec.kind].setdefault(name, []).append(component)
        return offers

    def components(self, kind: type[S]) -> list[Component[S]]:
        """The components of a kind (of all, for ComponentSpec), sorted by kind and name; of a clash, every one."""
        listed = [
            Component(spec, record.found) for record in self.records for spec in record.specs if isinstance(spec, kind)
        ]
        order = list(SPEC_TYPES)
        return sorted(listed, key=lambda item: (order.index(item.spec.kind), item.spec.name, item.found))

    def clashes(self) -> dict[tuple[str, str], list[Component]]:
        """Names that more than one distribution offers, by (kind, name)."""
        return {
            (kind, name): offered
            for kind, names in self._offers.items()
            for name, offered in names.items()
            if len(offered) > 1
        }

    def get(self, kind: type[S], name: str) -> Component[S]:
        """The component of that kind and name (or alias).

        Raises:
            AlsegError: there is none, or two distributions offer it.
        """
        offered: list[Component[Any]] = self._offers[kind.kind].get(name, [])
        if len(offered) == 1:
            return offered[0]
        if offered:
            origins = " and ".join(f"{item.origin} (plugin {item.found.plugin!r})" for item in offered)
            raise AlsegError(
                f"more than one plugin offers the {kind.kind} {name!r}: {origins}",
                hint=f"uninstall one, or block one: ALSEG_BLOCK_PLUGINS={offered[-1].found.plugin}",
            )
        raise AlsegError(
            f"no {kind.kind} named {name!r}",
            hint=self._suggestion(name, self._offers[kind.kind], f"alseg plugins list --kind {kind.kind}"),
        )

    def named(self, name: str, kind: type[ComponentSpec] | None = None) -> list[Component]:
        """The components of that name, one for each kind that has it (or the one of ``kind``).

        Raises:
            AlsegError: there is none, or two distributions offer it.
        """
        kinds = [kind] if kind else [SPEC_TYPES[known] for known, offered in self._offers.items() if name in offered]
        if kinds:
            return [self.get(known, name) for known in kinds]
        names = sorted({offer for offered in self._offers.values() for offer in offered})
        raise AlsegError(f"no component named {name!r}", hint=self._suggestion(name, names, "alseg plugins list"))

    def owner(self, kind: type[ComponentSpec], name: str) -> str | None:
        """The distribution that offers that name (of a clash, the first), None where it is free."""
        offered = self._offers[kind.kind].get(name)
        return offered[0].origin if offered else None

    def _suggestion(self, name: str, known: Iterable[str], listing: str) -> str:
        near = get_close_matches(name, list(known), n=1)
        parts = [f"did you mean {near[0]!r}?"] if near else []
        parts.append(f"({listing})")
        for record in self.records:
            if record.state != "active":
                reason = f": {record.error}" if record.error else f" by {BLOCK_VARIABLE}"
                parts.append(f"[the plugin {record.found.plugin!r} of {record.found.origin} is {record.state}{reason}]")
        return "  ".join(parts)

    def build(self, component: Component, options: Options, **arguments: Any) -> Any:
        """Build a component, and first the components that its options name."""
        for option, (kind, name) in named_components(options).items():
            arguments[option] = None if name == NO_COMPONENT else self.build_default(SPEC_TYPES[kind], name)
        return component.build(options, **arguments)

    def build_default(self, kind: type[ComponentSpec], name: str) -> Any:
        """Build the component of that name with its default options."""
        component = self.get(kind, name)
        return self.build(component, component.parse_options({}))

    def check_named(self, component: Component, options: Options) -> dict[str, Component]:
        """The components that ``options`` name, by option.

        Raises:
            AlsegError: one of them does not exist; component and option are named.
        """
        named: dict[str, Component] = {}
        for option, (kind, name) in named_components(options).items():
            if name == NO_COMPONENT:
                continue
            try:
                named[option] = self.get(SPEC_TYPES[kind], name)
            except AlsegError as error:
                label = f"{component.spec.kind} {component.spec.name!r}, option {option!r}"
                raise AlsegError(f"{label}: {error.message}", hint=error.hint) from error
        return named
