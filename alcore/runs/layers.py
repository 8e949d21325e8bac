"""A configuration from layers: protocol, then a TOML file, then single values; later layers win."""

import copy
import tomllib
from collections.abc import Iterable, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from alcore.documents import MOST_NESTED, parse_toml, read_toml
from alcore.errors import AlsegError, shown
from alcore.runs.directory import CONFIG

Values = dict[str, Any]

DEFAULT_PROTOCOL = "less-is-more"
_NOT_OF_A_RUN = ("summary", "full-data")
DEFAULT_LEARNER = "slices"

_QUERIES = (("strategy", "name"), ("loop", "initial"), ("loop", "start"), ("loop", "budget"))
"""What decides the queries of a run, and with it those of its replay."""

_NAMED = ("dataset", "strategy", "annotator", "learner", "model", "loss")
_SECTION_OF = {
    "rounds": "loop",
    "budget": "loop",
    "initial": "loop",
    "epochs": "learner",
    "batch_size": "learner",
    "steps_per_round": "learner",
    "memory_budget": "pool",
}


def layered(
    given: Mapping[str, Any],
    *,
    protocol: str | None = None,
    config: Mapping[str, Any] | None = None,
    settings: Iterable[str] = (),
    replay: Path | None = None,
    apart: Iterable[str] = (),
) -> Values:
    """All layers of a run's values, merged: protocol, configuration file, what is given, single settings.

    Args:
        given: values by their short names, such as ``rounds`` or ``strategy="entropy"``, or by section.
        protocol: the protocol to start from; the configuration's, or else the default one.
        config: the content of a configuration file.
        settings: texts such as ``strategy.one_per_scan=false``.
        replay: run directory whose queries are to be repeated: its configuration takes the protocol's place.
        apart: keys that are no run's, merged like the others, of which no protocol knows.

    Raises:
        AlsegError: there is no such protocol, a setting cannot be read, or a replay is to query otherwise.
    """
    above = merge([config or {}, spelt_out(given), *map(setting, settings)])
    kept_apart = {key: above.pop(key) for key in apart if key in above}
    named = above.pop("protocol", None)
    named = protocol or named
    if replay is None:
        return merge([_lowest(named or DEFAULT_PROTOCOL, above), above]) | kept_apart
    repeated = {**read_config_file(replay / CONFIG), "replay": {"run": str(replay.absolute())}}
    merged = merge([repeated, above])
    if named or any(merged[section][option] != repeated[section][option] for section, option in _QUERIES):
        raise AlsegError(
            f"a replay repeats the queries of {replay}: protocol, strategy, initial slices and budget are that run's",
            hint="leave them out; model, loss, training, seed and a smaller number of rounds may be chosen",
        )
    return merged | kept_apart


def _lowest(protocol: str, above: Mapping[str, Any]) -> Values:
    """The layer below all others: a protocol, for active learning or for full-data training."""
    if above.get("full_data") is not True:
        return protocol_values(protocol)
    values = protocol_values(protocol)
    del values["loop"]
    return merge([values, said_of_full_data(protocol, learner_of(above))])


def spelt_out(given: Mapping[str, Any]) -> Values:
    """Put values with short names where they belong: ``rounds`` into ``loop``, a name into its section."""
    values: Values = {}
    for key, value in given.items():
        if key in _SECTION_OF:
            layer = {_SECTION_OF[key]: {key: value}}
        elif key in _NAMED and isinstance(value, str):
            layer = {key: {"name": value}}
        else:
            layer = {key: value}
        values = merge([values, layer])
    return values


def protocols() -> dict[str, str]:
    """The protocols that alseg ships: name and one-line summary."""
    found = {path.name.removesuffix(".toml"): parse_toml(path.read_text("utf-8")) for path in _protocol_files()}
    return {name: found[name]["summary"] for name in sorted(found)}


def protocol_values(name: str) -> Values:
    """The values of a protocol.

    Raises:
        AlsegError: there is no such protocol.
    """
    for path in _protocol_files():
        if path.name == f"{name}.toml":
            values = parse_toml(path.read_text("utf-8"))
            return {**{key: part for key, part in values.items() if key not in _NOT_OF_A_RUN}, "protocol": name}
    raise AlsegError(f"no protocol named {shown(name)}", hint=f"there are: {', '.join(protocols())}")


def learner_of(values: Mapping[str, Any]) -> str:
    """The name of the learner that values ask for; the default one's where they name none."""
    section = values.get("learner", {})
    name = section.get("name") if isinstance(section, Mapping) else section
    return name if isinstance(name, str) else DEFAULT_LEARNER


def said_of_full_data(protocol: str, learner: str) -> Values:
    """What a protocol says of full-data training alone, with one learner; nothing, where it does not know it."""
    (path,) = (path for path in _protocol_files() if path.name == f"{protocol}.toml")
    said: Values = parse_toml(path.read_text("utf-8"))["full-data"].get(learner, {})
    return said


def config_values(config: Path | str | Mapping[str, Any] | None) -> Mapping[str, Any]:
    """The content of a configuration: given itself, as a TOML file, or not at all.

    Raises:
        AlsegError: the file is missing or no TOML.
    """
    if not config:
        return {}
    return config if isinstance(config, Mapping) else read_config_file(Path(config))


def read_config_file(path: Path) -> Values:
    """Read a TOML file.

    Raises:
        AlsegError: it is missing or no TOML.
    """
    return read_toml(path)


def setting(text: str) -> Values:
    """Parse ``key.sub=value``; the value is TOML, and plain text where it is no TOML.

    Raises:
        AlsegError: there is no ``=`` or no key, or the value is out of TOML's bounds.
    """
    key, separator, value = text.partition("=")
    parts = key.strip().split(".")
    if not separator or not all(parts):
        raise AlsegError(f"cannot read the setting {shown(text)}", hint="write it as --set strategy.one_per_scan=false")
    if len(parts) > MOST_NESTED:
        raise AlsegError(f"the setting {shown(text)} names more than {MOST_NESTED} sections within each other")
    parsed = toml_value(value)
    for part in reversed(parts):
        parsed = {part: parsed}
    nested: Values = parsed
    return nested


def toml_value(text: str) -> Any:
    """Read ``text`` as a TOML value, or as plain text where it is none.

    Raises:
        AlsegError: it is a value out of bounds: of :func:`parse_toml`.
    """
    try:
        return parse_toml(f"value = {text.strip()}")["value"]
    except tomllib.TOMLDecodeError:
        return text.strip()
    except ValueError as error:
        raise AlsegError(f"cannot read the value {shown(text.strip())}: {error}") from error


def merge(layers: Iterable[Mapping[str, Any]]) -> Values:
    """Merge layers, later ones winning.

    A section that names another component loses the old one's options; one without a name, over the plain name of a
    component, gives that component options.
    """
    merged: Values = {}
    for layer in layers:
        for key, value in layer.items():
            known = merged.get(key)
            if isinstance(value, Mapping) and isinstance(known, str):
                known = {"name": known}
            if isinstance(value, Mapping) and isinstance(known, dict):
                replaced = "name" in value and value["name"] != known.get("name", value["name"])
                merged[key] = merge([{} if replaced else known, value])
            else:
                merged[key] = copy.deepcopy(value)
    return merged


def _protocol_files() -> list[Any]:
    folder = resources.files("alcore.runs") / "protocols"
    return [path for path in folder.iterdir() if path.name.endswith(".toml")]
