"""Describe plugins, components and options as plain values: for listings, JSON and the generated reference."""

from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from alcore.registry.component import Component
from alcore.registry.loading import PluginRecord
from alcore.registry.registry import Registry
from alcore.specs import ComponentName, ComponentSpec, Options, StrategySpec

_SYMBOLS = {
    annotated_types.Ge: (">=", "ge"),
    annotated_types.Gt: (">", "gt"),
    annotated_types.Le: ("<=", "le"),
    annotated_types.Lt: ("<", "lt"),
    annotated_types.MultipleOf: ("a multiple of", "multiple_of"),
    annotated_types.MinLen: ("length >=", "min_length"),
    annotated_types.MaxLen: ("length <=", "max_length"),
}


@dataclass(frozen=True)
class OptionDescription:
    """One option of a component.

    Args:
        name: its name, as in ``--set strategy.NAME=value``; what stands before it is :attr:`Component.section`.
        type: its type, in words.
        bounds: the range its value must keep to; empty where there is none.
        default: its default as it would be written; empty where it is required.
        required: whether it has no default.
        description: one sentence.
        names: the kind of component that it names; empty for any other option.
    """

    name: str
    type: str
    bounds: str
    default: str
    required: bool
    description: str
    names: str = ""


def describe_options(options: type[Options]) -> list[OptionDescription]:
    """The options of a component in the order of their declaration."""
    return [
        OptionDescription(
            name=name,
            type=_type_text(field.annotation),
            bounds=", ".join(_bounds(field)),
            default="" if field.is_required() else _default_text(field),
            required=field.is_required(),
            description=field.description or "",
            names=next((mark.kind for mark in field.metadata if isinstance(mark, ComponentName)), ""),
        )
        for name, field in options.model_fields.items()
    ]


def _describe_spec(spec: ComponentSpec) -> dict[str, Any]:
    """What a spec says of itself, JSON-serialisable."""
    return {
        "kind": spec.kind,
        "name": spec.name,
        "summary": spec.summary,
        "aliases": list(spec.aliases),
        "reference": spec.reference,
        "target": spec.target,
        **({"units": list(spec.units)} if isinstance(spec, StrategySpec) else {}),
    }


def describe_installed(registry: Registry, kind: str | None = None) -> dict[str, Any]:
    """All plugins, and the names that more than one offers, JSON-serialisable; of one kind only if it is given."""
    return {
        "plugins": [_describe_plugin(record, kind) for record in registry.records],
        "clashes": [
            {"kind": clash_kind, "name": name, "distributions": [component.origin for component in offered]}
            for (clash_kind, name), offered in registry.clashes().items()
            if kind in (None, clash_kind)
        ],
    }


def _describe_plugin(record: PluginRecord, kind: str | None) -> dict[str, Any]:
    return {
        "plugin": record.found.plugin,
        "module": record.found.module,
        "distribution": record.found.distribution,
        "version": record.found.version,
        "api_version": record.api_version,
        "state": record.state,
        "error": record.error,
        "seconds": round(record.seconds, 4),
        "components": [_describe_spec(spec) for spec in record.specs if kind in (None, spec.kind)],
    }


def describe_component(component: Component) -> dict[str, Any]:
    """A component with its options and origin, JSON-serialisable."""
    return {
        **_describe_spec(component.spec),
        "plugin": component.found.plugin,
        "distribution": component.found.distribution,
        "version": component.found.version,
        "section": component.section,
        "options": [vars(option) for option in describe_options(component.spec.options)],
    }


def _type_text(annotation: Any) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return " | ".join(str(value) for value in arguments)
    if origin is Annotated:
        return _type_text(arguments[0])
    if origin in (Union, UnionType):
        return " | ".join(_type_text(item) for item in arguments)
    if annotation is type(None):
        return "none"
    if origin is not None:
        inner = ", ".join("..." if item is Ellipsis else _type_text(item) for item in arguments)
        return f"{_type_text(origin)}[{inner}]"
    return {str: "text", int: "integer", float: "number", bool: "true | false"}.get(
        annotation, getattr(annotation, "__name__", str(annotation)).lower()
    )


def _bounds(field: FieldInfo) -> list[str]:
    return [
        f"{symbol} {getattr(mark, attribute)}"
        for mark in field.metadata
        for kind, (symbol, attribute) in _SYMBOLS.items()
        if isinstance(mark, kind)
    ]


def _default_text(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True, validated_data={})
    if value is PydanticUndefined:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return "none" if value is None else str(value)
