"""What is installed, by kind, for Python and notebooks."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from html import escape

from alcore.registry import Component, Registry, describe_options


class Catalogue(Mapping[str, Component]):
    """The installed components of one kind by name; shown as a table.

    ``catalogue["entropy"].spec`` is the component's spec, ``catalogue.options("entropy")`` says what it can be told.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._registry = Registry.installed()
        self._listed = self._registry.components(kind)

    def __getitem__(self, name: str) -> Component:
        if self._registry.owner(self.kind, name) is None:
            near = get_close_matches(name, self, n=1)
            raise KeyError(f"no {self.kind} named {name!r}" + (f"; did you mean {near[0]!r}?" if near else ""))
        return self._registry.get(self.kind, name)

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
            f"<tr><th>{item.spec.name}</th><td>{escape(item.spec.summary)}</td><td>{escape(item.origin)}</td></tr>"
            for item in self._listed
        )
        return f"<table><tr><th>{self.kind}</th><th>summary</th><th>from</th></tr>{rows}</table>"


def datasets() -> Catalogue:
    """The installed datasets."""
    return Catalogue("dataset")


def models() -> Catalogue:
    """The installed segmentation networks."""
    return Catalogue("model")


def losses() -> Catalogue:
    """The installed training losses."""
    return Catalogue("loss")


def strategies() -> Catalogue:
    """The installed query strategies."""
    return Catalogue("strategy")


def interpolators() -> Catalogue:
    """The installed interpolators."""
    return Catalogue("interpolator")


def metrics() -> Catalogue:
    """The installed metrics."""
    return Catalogue("metric")


def trackers() -> Catalogue:
    """The installed trackers."""
    return Catalogue("tracker")


def launchers() -> Catalogue:
    """The installed launchers."""
    return Catalogue("launcher")
