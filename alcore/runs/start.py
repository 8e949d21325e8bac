"""What strategies need of a run, and who chooses the slices that are annotated before round 0."""

from dataclasses import dataclass
from typing import Any

from alcore.contracts import Strategy
from alcore.errors import AlsegError
from alcore.query import Query, Selection
from alcore.registry import Component, Registry
from alcore.registry.component import named_components
from alcore.runs.config import Chosen, RunConfig
from alcore.specs import Needs, StrategySpec


class Everything:
    """Chooses the whole pool, for training on all labels."""

    def select(self, query: Query) -> Selection:
        """Choose every slice, in random order."""
        return Selection(query.rng.permutation(query.candidates))


@dataclass(frozen=True)
class Start:
    """The strategy of round 0.

    Args:
        chosen: it, with its options.
        registry: the installed components.
    """

    chosen: Chosen[StrategySpec]
    registry: Registry

    @property
    def origin(self) -> str:
        """The strategy and where it comes from, for messages."""
        return f"the start strategy {self.chosen.name!r} ({self.chosen.component.origin})"

    def build(self) -> Strategy:
        """Build it."""
        strategy: Strategy = self.registry.build(self.chosen.component, self.chosen.options)
        return strategy


def chosen_start(config: RunConfig, registry: Registry) -> Start:
    """The strategy that chooses the slices annotated before round 0.

    Raises:
        AlsegError: there is none of that name, or it needs what round 0 has not.
    """
    component = registry.get(StrategySpec, config.loop.start)
    chosen = Chosen(component, component.parse_options({}))
    needs = strategy_needs(chosen, registry)
    if needs:
        raise AlsegError(
            f"the strategy {chosen.name!r} cannot choose the first slices: it needs {' and '.join(sorted(needs))}, "
            "and in round 0 there is neither a model nor a label",
            hint="loop.start names a strategy that needs nothing, such as random or stratified",
        )
    return Start(chosen, registry)


def strategy_needs(chosen: Chosen[StrategySpec], registry: Registry) -> Needs:
    """What a strategy needs with its options, with what the strategies need that its options name."""
    needs = chosen.component.spec.needs_with(chosen.options)
    for kind, name in named_components(chosen.options).values():
        if kind == StrategySpec.kind:
            inner: Component[Any] = registry.get(StrategySpec, name)
            needs |= strategy_needs(Chosen(inner, inner.parse_options({})), registry)
    return needs
