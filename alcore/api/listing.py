"""What is installed, by kind, for Python and notebooks."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from html import escape
from typing import TypeVar

from alcore.registry import Component, Registry, describe_options
from alcore.specs import (
    AnnotatorSpec,
    ComponentSpec,
    DatasetSpec,
    InterpolatorSpec,
    LauncherSpec,
    LearnerSpec,
    LossSpec,
    MetricSpec,
    ModelSpec,
    StrategySpec,
    TrackerSpec,
)

S = TypeVar("S", bound=ComponentSpec)


class Catalogue(Mapping[str, Component[S]]):
    """The installed components of one kind by name; shown as a table.

    ``catalogue["entropy"].spec`` is the component's spec, ``catalogue.options("entropy")`` says what it can be told.
    """

    def __init__(self, spec_type: type[S]) -> None:
        self.kind = spec_type.kind
        self._spec_type = spec_type
        self._registry = Registry.installed()
        self._listed = self._registry.components(spec_type)

    def __getitem__(self, name: str) -> Component[S]:
        if self._registry.owner(self._spec_type, name) is None:
            near = get_close_matches(name, self, n=1)
            raise KeyError(f"no {self.kind} named {name!r}" + (f"; did you mean {near[0]!r}?" if near else ""))
        return self._registry.get(self._spec_type, name)

    def __iter__(self) -> Iterator[str]:
        return iter(sorted({component.spec.name for component in self._listed}))

    def __len__(self) -> int:
        return len({component.spec.name for component in self._listed})

    def options(self, name: str) -> dict[str, str]:
        """The options of a component: name, and type, default and meaning in a sentence."""
        return {
            option.name: f"{option.type}{', ' + option.bounds if option.bounds else ''}; "
            f"{'required' if option.required else 'default ' + option.default}. {option.description}"
            for option in describe_options(self[name].spec.options)
        }

    def __repr__(self) -> str:
        width = max((len(item.spec.name) for item in self._listed), default=0)
        return "\n".join(f"{item.spec.name:{width}}  {item.spec.summary}" for item in self._listed)

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th>{escape(item.spec.name)}</th><td>{escape(item.spec.summary)}</td><td>{escape(item.origin)}</td></tr>"
            for item in self._listed
        )
        return f"<table><tr><th>{self.kind}</th><th>summary</th><th>from</th></tr>{rows}</table>"


def datasets() -> Catalogue[DatasetSpec]:
    """The installed datasets."""
    return Catalogue(DatasetSpec)


def models() -> Catalogue[ModelSpec]:
    """The installed segmentation networks."""
    return Catalogue(ModelSpec)


def losses() -> Catalogue[LossSpec]:
    """The installed training losses."""
    return Catalogue(LossSpec)


def annotators() -> Catalogue[AnnotatorSpec]:
    """The installed annotators."""
    return Catalogue(AnnotatorSpec)


def learners() -> Catalogue[LearnerSpec]:
    """The installed learners."""
    return Catalogue(LearnerSpec)


def strategies() -> Catalogue[StrategySpec]:
    """The installed query strategies."""
    return Catalogue(StrategySpec)


def interpolators() -> Catalogue[InterpolatorSpec]:
    """The installed interpolators."""
    return Catalogue(InterpolatorSpec)


def metrics() -> Catalogue[MetricSpec]:
    """The installed metrics."""
    return Catalogue(MetricSpec)


def trackers() -> Catalogue[TrackerSpec]:
    """The installed trackers."""
    return Catalogue(TrackerSpec)


def launchers() -> Catalogue[LauncherSpec]:
    """The installed launchers."""
    return Catalogue(LauncherSpec)


def protocols() -> dict[str, str]:
    """The protocols that a run can start from: name, and a line about each."""
    from alcore.runs.layers import protocols as found

    return found()
