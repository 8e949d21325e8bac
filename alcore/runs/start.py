"""What strategies need of a run, and who chooses the slices that are annotated before round 0."""

from alcore.errors import AlsegError
from alcore.query import Query, Selection
from alcore.registry import Component, Registry
from alcore.registry.component import named_components
from alcore.specs import Needs, Options, StrategySpec, UnitKind

PLURAL: dict[UnitKind, str] = {"slice": "slices", "patch": "patches", "volume": "volumes"}


class Everything:
    """Chooses the whole pool, for training on all labels."""

    def select(self, query: Query) -> Selection:
        """Choose every slice, in random order."""
        return Selection(query.rng.permutation(query.candidates))


def strategy_needs(component: Component[StrategySpec], options: Options, registry: Registry) -> Needs:
    """What a strategy needs with its options, and what the strategies need that its options name."""
    needs = component.spec.needs_with(options)
    for kind, named in named_components(options).values():
        if kind == StrategySpec.kind and str(named) != "none":
            inner = registry.get(StrategySpec, str(named))
            needs |= strategy_needs(inner, inner.parse_options(named.options), registry)
    return needs


def strategy_units(component: Component[StrategySpec], options: Options, registry: Registry) -> list[UnitKind]:
    """What a strategy can choose with its options, and the strategies that its options name."""
    units = list(component.spec.units)
    for kind, named in named_components(options).values():
        if kind == StrategySpec.kind and str(named) != "none":
            inner = registry.get(StrategySpec, str(named))
            served = strategy_units(inner, inner.parse_options(named.options), registry)
            units = [unit for unit in units if unit in served]
    return units


def check_serves(unit: UnitKind, component: Component[StrategySpec], options: Options, registry: Registry) -> None:
    """Check that a strategy can choose units of that kind.

    Raises:
        AlsegError: it cannot.
    """
    served = strategy_units(component, options, registry)
    if unit not in served:
        able = [item.spec.name for item in registry.components(StrategySpec) if unit in item.spec.units]
        others = f"strategies that choose {PLURAL[unit]}: {', '.join(able) or 'none is installed'}"
        raise AlsegError(
            f"the strategy {component.spec.name!r} cannot choose {PLURAL[unit]}, only {_listed(served)}",
            hint=f"loop.unit is {unit!r}; {others}",
        )


def _listed(units: list[UnitKind]) -> str:
    return " and ".join(PLURAL[unit] for unit in units) or "nothing that its parts agree on"


def check_can_start(component: Component[StrategySpec], options: Options, registry: Registry) -> None:
    """Check that a strategy can choose the slices that are annotated before round 0.

    Raises:
        AlsegError: it needs what round 0 has not.
    """
    needs = strategy_needs(component, options, registry)
    if needs:
        raise AlsegError(
            f"the strategy {component.spec.name!r} cannot choose the first slices: it needs "
            f"{' and '.join(sorted(needs))}, and round 0 has neither a model nor a label",
            hint="loop.start names a strategy that needs nothing, such as random or stratified, or one that can "
            "compare images instead of features: {name = 'coreset', features = 'image'}",
        )
