"""A component on offer: a spec and where it came from."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Generic

from pydantic import ValidationError
from typing_extensions import TypeVar

from alcore.errors import AlsegError
from alcore.registry.discovery import Found
from alcore.specs import ComponentName, ComponentSpec, Options

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

    def parse_options(self, values: Mapping[str, Any]) -> Options:
        """Validate ``values`` as this component's options.

        Raises:
            AlsegError: an option is unknown or out of range; component and option are named.
        """
        label = f"{self.spec.kind} {self.spec.name!r}"
        return parse_options(self.spec.options, values, label=label, key=self.spec.kind)

    def build(self, options: Options, **arguments: Any) -> Any:
        """Import the implementation and build it."""
        return self.spec.load()(options, **arguments)


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
            prefix = ".".join((key, *map(str, fault["loc"][:depth])))
            hint = f"did you mean '{prefix}.{near[0]}'?" if near else f"its options are: {', '.join(known) or 'none'}"
            raise AlsegError(f"{label} has no option {name!r}", hint=hint) from error
        message = fault["msg"].removeprefix("Value error, ")
        if not fault["loc"]:
            raise AlsegError(f"{label}: {message}", hint=f"--set {key}.OPTION=VALUE changes one of them") from error
        message = message[:1].lower() + message[1:]
        field = owner.model_fields.get(str(fault["loc"][depth]))
        hint = f"{key}.{name}: {field.description}" if field is not None and field.description else ""
        raise AlsegError(f"{label}, option {name!r}: {message}, not {fault['input']!r}", hint=hint) from error


def _owner(kind: type[Options], location: tuple[int | str, ...]) -> tuple[type[Options], int]:
    """The innermost options class around a fault, and how many sections deep it is."""
    depth = 0
    while depth < len(location) - 1:
        field = kind.model_fields[str(location[depth])]
        if not (isinstance(field.annotation, type) and issubclass(field.annotation, Options)):
            break
        kind, depth = field.annotation, depth + 1
    return kind, depth


def named_components(options: Options) -> dict[str, tuple[str, str]]:
    """The options that name other components: option -> (kind, chosen name)."""
    return {
        name: (mark.kind, getattr(options, name))
        for name, field in type(options).model_fields.items()
        for mark in field.metadata
        if isinstance(mark, ComponentName)
    }
