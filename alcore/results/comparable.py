"""Keep apart what must not be averaged: other data under one name, other protocols, one run twice."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from alcore.results.read import RawRun

NO_PROTOCOL = frozenset(
    {"strategy", "seed", "device", "deterministic", "protocol", "mode", "trackers", "dataset", "evaluation"}
    | {"loop.rounds", "pool.memory_budget", "learner.compile"}
)
"""Sections and options that two comparable runs may differ in; a shorter run is comparable as far as it goes."""

LONGEST = 40
"""Characters of a setting that is spelt out in a dataset's name."""

OF_THE_MODEL = ("model", "loss", "pool")
"""Sections that a full-data run must share with the runs that it is the ceiling of."""


def dataset_names(raws: Sequence[RawRun]) -> tuple[dict[int, str], list[str]]:
    """Name each run's dataset, by the run's id, so that only comparable runs share a name.

    Returns:
        The names, and a sentence for each dataset whose runs had to be kept apart.
    """
    groups: dict[str, list[RawRun]] = defaultdict(list)
    for raw in raws:
        groups[_plain_name(raw)].append(raw)
    names: dict[int, str] = {}
    notes: list[str] = []
    for name, group in groups.items():
        contents = {raw.environment["dataset"]["fingerprint"] for raw in group}
        protocols = [_protocol(raw.config) for raw in group]
        differing = sorted(
            {key for one in protocols for key in one if any(one[key] != it.get(key) for it in protocols)}
        )
        settings = _name_settings([{key: one[key] for key in differing if key in one} for one in protocols])
        for raw, setting in zip(group, settings, strict=True):
            content = f"content {raw.environment['dataset']['fingerprint'][:8]}" if len(contents) > 1 else ""
            details = ", ".join(filter(None, (content, setting)))
            names[id(raw)] = f"{name} ({details})" if details else name
        if len(contents) > 1:
            notes.append(
                f"{len(contents)} stores of different content are called {name}: their runs are not mixed, "
                "and each content is a dataset of its own"
            )
        if differing:
            notes.append(
                f"runs on {name} differ in {', '.join(differing)}: they are not mixed, "
                "and each protocol is a dataset of its own"
            )
        lengths = {raw.config["loop"]["rounds"] for raw in group}
        if len(lengths) > 1:
            notes.append(
                f"runs on {name} are of {min(lengths)} to {max(lengths)} rounds: figures over whole curves are of the "
                f"longest alone (--until {min(lengths)} compares all of them as far as they go)"
            )
    return names, notes


def _name_settings(settings: Sequence[Mapping[str, Any]]) -> list[str]:
    """What each setting is called: its values where they are few, else a letter per distinct setting."""
    said = [", ".join(f"{key}={value}" for key, value in setting.items()) for setting in settings]
    if max(map(len, said)) <= LONGEST:
        return said
    distinct = list(dict.fromkeys(said))
    return [f"setting {chr(ord('A') + distinct.index(text) % 26)}" for text in said]


def without_repeats(
    raws: Sequence[RawRun], labels: Mapping[int, str], datasets: Mapping[int, str], folder: Path
) -> tuple[list[RawRun], list[str]]:
    """Keep one run per dataset, label and seed: the longest, of equals the one that was started last."""
    groups: dict[tuple[str, str, int], list[RawRun]] = defaultdict(list)
    for raw in raws:
        groups[datasets[id(raw)], labels[id(raw)], int(raw.config["seed"])].append(raw)
    kept, notes = [], []
    for (dataset, label, seed), group in groups.items():
        best = max(group, key=lambda raw: (len(raw.rounds), str(raw.environment.get("time", ""))))
        kept.append(best)
        if len(group) > 1:
            others = ", ".join(str(raw.directory.relative_to(folder)) for raw in group if raw is not best)
            notes.append(
                f"{label} on {dataset}, seed {seed}, was run {len(group)} times: {best.directory.relative_to(folder)} "
                f"is shown, {others} left out"
            )
    return kept, notes


def find_ceilings(
    full: Sequence[RawRun], active: Sequence[RawRun], datasets: Mapping[int, str]
) -> tuple[list[tuple[RawRun, str]], list[str]]:
    """Match full-data runs to the datasets whose ceiling they are: of the same content, model and loss.

    Returns:
        Each full-data run with the name of a dataset, and a sentence for each that fits none.
    """
    facts = {datasets[id(raw)]: _facts(raw) for raw in active}
    matched: dict[tuple[str, int], RawRun] = {}
    notes = []
    for raw in full:
        names = [name for name, wanted in facts.items() if wanted == _facts(raw)]
        place = f"the full-data run {raw.directory.name} on {_plain_name(raw)}"
        if not names and active:
            notes.append(f"{place} is not used: no run is of the same data, model, loss and intensities")
        for name in names or ([] if active else [_plain_name(raw)]):
            key = (name, int(raw.config["seed"]))
            if key in matched:
                notes.append(f"{place}, seed {key[1]}, is not used: {matched[key].directory.name} is shown")
            else:
                matched[key] = raw
    return [(raw, name) for (name, _), raw in matched.items()], notes


def _facts(raw: RawRun) -> tuple[Any, ...]:
    pool = {key: value for key, value in raw.config.get("pool", {}).items() if key != "memory_budget"}
    sections = [pool if name == "pool" else raw.config.get(name) for name in OF_THE_MODEL]
    # A model that was trained on volumes is no ceiling of one that was trained on slices.
    return (raw.environment["dataset"]["fingerprint"], raw.config.get("classic", {}).get("dim", 2), *sections)


def _plain_name(raw: RawRun) -> str:
    """The name under which the dataset was chosen; of a path the store's name."""
    name = str(raw.config["dataset"]["name"])
    return Path(name).stem if name.endswith(".h5") else name


def _protocol(config: Mapping[str, Any]) -> dict[str, Any]:
    """What two runs must share to be compared, as ``section.option``."""
    flat: dict[str, Any] = {}
    for section, value in config.items():
        if isinstance(value, Mapping):
            flat |= {f"{section}.{key}": option for key, option in value.items() if section not in NO_PROTOCOL}
        elif section not in NO_PROTOCOL:
            flat[section] = value
    return {key: value for key, value in flat.items() if key not in NO_PROTOCOL}
