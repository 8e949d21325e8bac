"""A configuration as a file to be read and changed: every value with what it means."""

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

import tomli_w

from alcore.registry import describe_options
from alcore.runs.config import Chosen, RunConfig
from alcore.specs import Options

_WIDTH = 100

_NOTES = {
    "dataset": "A dataset or store by name, or the path of a store: 'alseg data list'.",
    "loop": "Rounds of annotation and training.",
    "annotator": "Who labels what was chosen: 'alseg plugins list --kind annotator'.",
    "pool": "How slices are loaded.",
    "strategy": "The query strategy: 'alseg plugins list --kind strategy'.",
    "model": "The segmentation network: 'alseg plugins list --kind model'.",
    "loss": "The training loss: 'alseg plugins list --kind loss'.",
    "learner": "How the model is trained in each round.",
    "evaluation": "What is measured after each round: 'alseg plugins list --kind metric'.",
    "trackers": "What records the run beside its folder, a section each: 'alseg plugins list --kind tracker'.",
}


def commented(config: RunConfig) -> str:
    """``config`` as TOML with every default spelt out, and each option's description, type and bounds above it."""
    lines = [*_comment("A run of alseg: alseg run --config THIS-FILE"), "", *_options(config.run, "")]
    for section, values in config.as_values().items():
        if isinstance(values, Mapping):
            lines += ["", *_comment(_NOTES.get(section, "")), f"[{section}]", *_section(config, section, values)]
    return "\n".join(lines) + "\n"


def _section(config: RunConfig, section: str, values: Mapping[str, Any]) -> Iterator[str]:
    part = getattr(config, section)
    if isinstance(part, Options):
        yield from _options(part, section)
    elif isinstance(part, Chosen):
        yield from _chosen(part, section)
    elif section == "trackers":
        for tracker in config.trackers:
            yield from ("", *_comment(tracker.component.spec.summary), f"[trackers.{tracker.name}]")
            yield from _options(tracker.options, f"trackers.{tracker.name}")
    else:
        yield from (_assignment(name, value) for name, value in values.items())


def _chosen(chosen: Chosen, table: str) -> Iterator[str]:
    yield from _comment(chosen.component.spec.summary)
    yield _assignment("name", chosen.name)
    yield from _options(chosen.options, table)


def _options(options: Options, table: str) -> Iterator[str]:
    """The options of one table, and then the tables of those that have options of their own."""
    values = options.model_dump(mode="json")
    described = describe_options(type(options))
    nested = [option for option in described if isinstance(getattr(options, option.name), Options)]
    for option in described:
        if option in nested:
            continue
        kind = ", ".join(filter(None, (option.type, option.bounds)))
        yield from _comment(f"{option.description} ({kind})")
        value = values[option.name]
        yield f"# {option.name} =" if value is None else _assignment(option.name, value)
    for option in nested:
        inner = f"{table}.{option.name}" if table else option.name
        yield from ("", *_comment(option.description), f"[{inner}]")
        yield from _options(getattr(options, option.name), inner)


def _assignment(name: str, value: Any) -> str:
    """A line of TOML, lists and tables within it, where tomli_w would spread them over lines and sections."""
    return f"{name} = {_inline(value)}"


def _inline(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(_assignment(name, item) for name, item in value.items()) + " }"
    if isinstance(value, list):
        return f"[{', '.join(map(_inline, value))}]"
    return tomli_w.dumps({"x": value}).rstrip()[4:]


def _comment(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent="# ", subsequent_indent="# ")
