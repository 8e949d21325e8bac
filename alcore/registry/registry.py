"""Look components up by kind and name."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cached_property
from typing import Any, TypeVar

from alcore.errors import AlsegError, shown
from alcore.registry.component import Component, named_components
from alcore.registry.discovery import BLOCK_VARIABLE, blocked_names, discover
from alcore.registry.loading import PluginRecord, load_plugins
from alcore.specs import SPEC_TYPES, ComponentSpec, NamedComponent, Options

NO_COMPONENT = "none"
MOST_NESTED = 8
"""How deep components may name components."""

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

    def complaints(self, kind: str | None = None) -> Iterator[str]:
        """What is wrong with what is installed, a line each: broken plugins, what they changed for everybody, clashes.

        Args:
            kind: the kind that clashes are told of; every kind by default.
        """
        for record in self.records:
            plugin = f"the plugin {record.found.plugin!r} of {record.found.origin}"
            if record.state == "broken":
                yield f"{plugin} is broken: {record.error}"
            if record.undone:
                yield f"{plugin} changes {' and '.join(record.undone)} on import, which was set back"
        for (clash_kind, name), offered in self.clashes().items():
            if kind in (None, clash_kind):
                yield f"the {clash_kind} {name!r} is offered by {' and '.join(item.origin for item in offered)}"

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
            others = [item for item in offered if item.found.distribution != "alseg"]  # it needs its own
            raise AlsegError(
                f"more than one plugin offers the {kind.kind} {name!r}: {origins}",
                hint=f"uninstall one, or block one: ALSEG_BLOCK_PLUGINS={others[-1].found.plugin}",
            )
        raise AlsegError(
            f"no {kind.kind} named {shown(name)}",
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
        raise AlsegError(f"no component named {shown(name)}", hint=self._suggestion(name, names, "alseg plugins list"))

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

    def parse_options(self, component: Component, values: Mapping[str, Any], *, key: str | None = None) -> Options:
        """Validate the options of a component and of the components that they name, at any depth.

        Args:
            component: the component.
            values: its options by name.
            key: the prefix under which ``--set`` reaches them; by default that of :attr:`Component.section`.

        Returns:
            The options; those of named components have their defaults spelt out.

        Raises:
            AlsegError: an option is unknown or out of range, or a named component does not exist; component and option
                are named.
        """
        key = component.section if key is None else key
        if key.count(".") > MOST_NESTED:
            raise AlsegError(f"{key.split('.')[0]} names components more than {MOST_NESTED} deep")
        options = component.parse_options(values, key=key)
        spelt: dict[str, NamedComponent] = {}
        for option, (kind, named) in named_components(options).items():
            label = f"{component.label}, option {option!r}"
            if str(named) == NO_COMPONENT:
                if named.options:
                    raise AlsegError(f"{label}: {NO_COMPONENT!r} stands for no component, and takes no options")
                continue
            try:
                part = self.get(SPEC_TYPES[kind], str(named))
            except AlsegError as error:
                raise AlsegError(f"{label}: {error.message}", hint=error.hint) from error
            inner = self.parse_options(part, named.options, key=f"{key}.{option}" if key else option)
            spelt[option] = NamedComponent(part.spec.name, inner.model_dump(mode="json", exclude_none=True))
        return options.model_copy(update=spelt)

    def build(self, component: Component, options: Options, **arguments: Any) -> Any:
        """Build a component, and first the components that its options name."""
        for option, (kind, named) in named_components(options).items():
            if str(named) == NO_COMPONENT:
                arguments[option] = None
            else:
                part = self.get(SPEC_TYPES[kind], str(named))
                arguments[option] = self.build(part, part.parse_options(named.options))
        return component.build(options, **arguments)

    def named_by(self, options: Options) -> dict[str, Component]:
        """The components that ``options`` name, at any depth, by option: ``interpolator``, ``selection.uncertainty``.

        Raises:
            AlsegError: one of them does not exist.
        """
        found: dict[str, Component] = {}
        for option, (kind, named) in named_components(options).items():
            if str(named) != NO_COMPONENT:
                found[option] = self.get(SPEC_TYPES[kind], str(named))
                inner = self.named_by(found[option].parse_options(named.options))
                found |= {f"{option}.{place}": part for place, part in inner.items()}
        return found
