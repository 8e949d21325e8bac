"""What decides the numbers of runs beside what is compared: runs of one setting are averaged, others kept apart."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from alseg_results.read import RawRun

NO_SETTING = frozenset(
    {"seed", "device", "deterministic", "protocol", "full_data", "trackers", "dataset", "evaluation", "replay"}
    | {
        "loop.rounds",
        "pool.memory_budget",
        "learner.compile",
        "checkpoint_interval",
        "loop.query_seconds",
        "tracker_seconds",
    }
)
"""Sections and options in which runs of one setting may differ; a shorter run is comparable as far as it goes."""

LONGEST = 60
"""Characters of a setting that names all that differs; a longer one names as much as tells the settings apart."""

MOST_VALUES = 4
"""Values of an option that a note lists."""

SECTIONS = ("learner", "model", "loss", "strategy", "replay")
"""Keys of a setting that are not versions of distributions, though they have no dot."""

UNSET = "unset"

Setting = Mapping[str, Any]
"""Values by ``section.option``, and versions by distribution."""


def leaves(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of nested sections under its dotted key."""
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def options(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The same, a component's name under the key of its section: ``loss`` for ``loss.name``."""
    for key, value in leaves(values, prefix):
        yield key.removesuffix(".name"), value


def text_of(value: Any) -> str:
    """A value as results write it."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def within(key: str, place: str) -> bool:
    """Whether the dotted ``key`` is ``place`` or lies below it."""
    return key == place or key.startswith(f"{place}.")


def plain_name(raw: RawRun) -> str:
    """The name under which the dataset was chosen; of a path the store's name."""
    name = str(raw.config["dataset"]["name"])
    return Path(name).stem if name.endswith(".h5") else name


def setting_of(raw: RawRun, compared: Sequence[str]) -> dict[str, Any]:
    """What a run must share with others to be averaged with them, without the places that are ``compared``."""
    setting = {
        key: value
        for key, value in options(raw.config)
        if not any(within(key, place) for place in (*NO_SETTING, *compared))
    }
    if "replay" in raw.config and "strategy" not in compared:
        setting["replay"] = True
    return setting | versions_of(raw, without=compared)


def versions_of(raw: RawRun, *, only: str | None = None, without: Sequence[str] = ()) -> dict[str, str]:
    """Versions by distribution: of torch, alseg and the components, trackers left out.

    Args:
        raw: the run; where it was resumed with another version, both are given.
        only: the place of the components to tell of, and of nothing else.
        without: places of components to leave out.
    """
    parts = [raw.environment, *raw.environment.get("resumed", [])]
    found: dict[str, list[str]] = {}
    for part in parts:
        versions = {} if only else {name: part.get("versions", {}).get(name) for name in ("torch", "alseg")}
        for place, component in part.get("components", {}).items():
            if within(place, only) if only else not any(within(place, other) for other in ("tracker", *without)):
                versions[str(component["distribution"])] = component["version"]
        for name, version in versions.items():
            if version and version not in found.setdefault(name, []):
                found[name].append(str(version))
    return {name: " then ".join(versions) for name, versions in found.items() if versions}


def differing(settings: Sequence[Setting]) -> list[str]:
    """Keys in which the settings differ, in order; a version that some have no use for is no difference."""
    keys = sorted({key for setting in settings for key in setting})
    return [key for key in keys if len(_values(key, settings)) > 1]


def _values(key: str, settings: Sequence[Setting]) -> list[str]:
    """The distinct values of a key, as text."""
    optional = "." not in key and key not in SECTIONS  # versions
    found = [setting.get(key, None if optional else UNSET) for setting in settings]
    known = [value for value in found if value is not None]
    numbers = all(isinstance(value, int | float) for value in known)
    return list(dict.fromkeys(map(text_of, sorted(known) if numbers else known)))


def name_settings(settings: Sequence[Setting], protocols: Sequence[str]) -> list[str]:
    """Name each setting by what differs, as ``loss.gamma=2``; empty where nothing does.

    Args:
        settings: one per run.
        protocols: the protocol of each, which stands for its values where naming all that differs would be too long.
    """
    keys = without_implied(differing(settings), settings)
    rows = [tuple(text_of(setting.get(key, UNSET)) for key in keys) for setting in settings]
    if max((len(_text(keys, row)) for row in rows), default=0) <= LONGEST:
        return [_text(keys, row) for row in rows]
    keys = ["protocol", *keys]
    rows = [(protocol, *row) for protocol, row in zip(protocols, rows, strict=True)]
    columns = _telling(rows, len({row[1:] for row in rows}))
    return [_text([keys[k] for k in columns], [row[k] for k in columns]) for row in rows]


def _telling(rows: Sequence[Sequence[str]], wanted: int) -> list[int]:
    """Few columns that tell as many rows apart as all do: each one the first that tells most more apart."""
    chosen: list[int] = []
    told = 1
    while told < wanted:
        counts = [len({tuple(row[k] for k in (*chosen, place)) for row in rows}) for place in range(len(rows[0]))]
        told = max(counts)
        chosen.append(counts.index(told))
    return sorted(chosen)


def without_implied(keys: Sequence[str], settings: Sequence[Setting]) -> list[str]:
    """The keys less options of a component that go with its name: a focal loss has a gamma, a Dice loss none."""

    def implied(key: str) -> bool:
        parts = key.split(".")
        sections = [".".join(parts[:n]) for n in range(1, len(parts)) if ".".join(parts[:n]) in keys]
        rows = [[text_of(setting.get(one, UNSET)) for one in (*sections, key)] for setting in settings]
        return bool(sections) and len({tuple(row[:-1]) for row in rows}) == len(set(map(tuple, rows)))

    return [key for key in keys if not implied(key)]


def _text(keys: Sequence[str], values: Sequence[str]) -> str:
    return ", ".join(f"{key}={value}" for key, value in zip(keys, values, strict=True))


def describe_differences(settings: Sequence[Setting]) -> str:
    """All keys in which the settings differ, each with its values."""
    said = []
    for key in differing(settings):
        values = _values(key, settings)
        more = ", …" if len(values) > MOST_VALUES else ""
        said.append(f"{key} ({', '.join(values[:MOST_VALUES])}{more})")
    return ", ".join(said)
