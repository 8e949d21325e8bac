"""A component on offer: a spec and where it came from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Generic

from pydantic import ValidationError
from typing_extensions import TypeVar

from alcore.errors import AlsegError, plugin_fault, shown
from alcore.guards.plugin_code import plugin_code
from alcore.guards.python_state import PLUGIN_PACKAGES
from alcore.registry.discovery import Found
from alcore.specs import ComponentName, ComponentSpec, MetricSpec, NamedComponent, Options

S = TypeVar("S", bound=ComponentSpec, default=ComponentSpec, covariant=True)
T = TypeVar("T", bound=Options)


@dataclass(frozen=True)
class Component(Generic[S]):
    """A spec with its provenance."""

    spec: S
    found: Found

    @property
    def origin(self) -> str:
        """Distribution and version, for people."""
        return self.found.origin

    @property
    def label(self) -> str:
        """Kind and name, for messages."""
        return f"{self.spec.kind} {self.spec.name!r}"

    @property
    def section(self) -> str:
        """Where a configuration holds the options: ``strategy``, ``trackers.csv``; empty for metrics and commands."""
        sections = {"tracker": f"trackers.{self.spec.name}", "interpolator": "strategy.interpolator"}
        return {**sections, "metric": "", "command": ""}.get(self.spec.kind, self.spec.kind)

    def parse_options(self, values: Mapping[str, Any], *, key: str | None = None) -> Options:
        """Validate ``values`` as this component's options.

        Args:
            values: the values by option name. A table without a name, for an option that names a component, belongs to
                the one that the option names by default.
            key: the prefix under which ``--set`` reaches them; by default that of :attr:`section`.

        Raises:
            AlsegError: an option is unknown or out of range; component and option are named.
        """
        named = {name for name, _ in _marked(self.spec.options)}
        fields = self.spec.options.model_fields
        spelt = {
            name: {"name": fields[name].default, **value}
            if name in named and isinstance(value, Mapping) and not fields[name].is_required()
            else value
            for name, value in values.items()
        }
        return parse_options(self.spec.options, spelt, label=self.label, key=self.section if key is None else key)

    @property
    def full_name(self) -> str:
        """Kind, name, distribution and version, for messages."""
        return f"the {self.label} ({self.origin})"

    def load(self) -> Any:
        """Import and return the implementation.

        Raises:
            AlsegError: it cannot be imported; component and distribution are named.
        """
        PLUGIN_PACKAGES.add(self.spec.target.partition(":")[0].partition(".")[0])
        try:
            with plugin_code(self.full_name):
                return self.spec.load()
        except AlsegError as error:
            raise AlsegError(f"{error.message} (from {self.origin})", hint=error.hint) from error
        except Exception as error:  # a stranger's module may raise anything at all
            raise plugin_fault(self.full_name, f"raises on import: {type(error).__name__}: {error!s:.500}") from error

    def build(self, options: Options, **arguments: Any) -> Any:
        """Import the implementation and build it.

        Raises:
            AlsegError: it cannot be imported, takes other arguments, or what it builds lacks a method of its kind.
        """
        implementation = self.load()
        with plugin_code(self.full_name):
            try:
                built = implementation(options, **arguments)
            except TypeError as error:
                if error.__traceback__ is None or error.__traceback__.tb_next is not None:
                    raise  # from within the implementation
                raise plugin_fault(self.full_name, f"cannot be built from {_call(arguments)}: {error}") from error
            missing = [name for name in _methods_of(self.spec) if not callable(getattr(built, name, None))]
        if missing:
            raise plugin_fault(self.full_name, f"builds a {type(built).__name__}, which has no method {missing[0]!r}")
        from alcore.guards.guarded import guarded  # numpy is no load of a listing

        return guarded(built, self.spec, self.full_name, arguments)


def _call(arguments: Mapping[str, Any]) -> str:
    return f"({', '.join(['options', *(f'{name}=...' for name in arguments)])})"


def parse_options(kind: type[T], values: Mapping[str, Any], *, label: str, key: str) -> T:
    """Validate ``values`` as ``kind``, turning the first fault into one clear sentence.

    Args:
        kind: the options class.
        values: the values by option name.
        label: what the options belong to, for the message.
        key: the prefix under which ``--set`` reaches them, for the hint.

    Raises:
        AlsegError: an option is unknown or its value does not fit.
    """
    try:
        return kind.model_validate(dict(values))
    except ValidationError as error:
        fault = error.errors()[0]
        name = ".".join(str(part) for part in fault["loc"])
        owner, depth = _owner(kind, fault["loc"])
        if fault["type"] == "extra_forbidden":
            known = sorted(owner.model_fields)
            near = get_close_matches(str(fault["loc"][-1]), known, n=1)
            right = ".".join((*filter(None, (key,)), *map(str, fault["loc"][:depth]), *near))
            hint = f"did you mean {right!r}?" if near else f"its options are: {', '.join(known) or 'none'}"
            raise AlsegError(f"{label} has no option {shown(name)}", hint=hint) from error
        message = fault["msg"].removeprefix("Value error, ").replace("a valid tuple", "a list")
        if not fault["loc"]:
            hint = f"--set {key}.OPTION=VALUE changes one of them" if key else ""
            raise AlsegError(f"{label}: {message}", hint=hint) from error
        message = message[:1].lower() + message[1:]
        field = owner.model_fields.get(str(fault["loc"][depth]))
        full = f"{key}.{name}" if key else name
        hint = f"{full}: {field.description}" if field is not None and field.description else ""
        told = f"{label}, option {shown(name)}: {message}, not {shown(fault['input'])}"
        raise AlsegError(told, hint=hint) from error


def _owner(kind: type[Options], location: tuple[int | str, ...]) -> tuple[type[Options], int]:
    """The innermost options class around a fault, and how many sections deep it is."""
    depth = 0
    while depth < len(location) - 1:
        field = kind.model_fields[str(location[depth])]
        if not (isinstance(field.annotation, type) and issubclass(field.annotation, Options)):
            break
        kind, depth = field.annotation, depth + 1
    return kind, depth


def named_components(options: Options) -> dict[str, tuple[str, NamedComponent]]:
    """The options that name other components: option -> (kind, what it names)."""
    return {name: (kind, NamedComponent.read(getattr(options, name))) for name, kind in _marked(type(options))}


def _marked(options: type[Options]) -> Iterator[tuple[str, str]]:
    """The options that are marked as names of components, each with the kind."""
    for name, field in options.model_fields.items():
        for mark in field.metadata:
            if isinstance(mark, ComponentName):
                yield name, mark.kind


_METHODS = {
    "dataset": ("list_scans", "read_scan"),
    "model": ("register_forward_hook", "__call__"),
    "loss": ("register_forward_hook", "__call__"),
    "learner": ("fit", "predictor", "state", "restore", "estimate"),
    "strategy": ("select",),
    "annotator": ("request", "collect"),
    "interpolator": ("fill",),
    "tracker": (),  # GuardedTracker asks for every moment
    "launcher": ("launch",),
    "command": (),  # click calls it; nothing is built
}


def _methods_of(spec: ComponentSpec) -> tuple[str, ...]:
    """The methods that what is built from a spec must have; see :mod:`alcore.contracts`."""
    return (f"from_{spec.needs}",) if isinstance(spec, MetricSpec) else _METHODS[spec.kind]
