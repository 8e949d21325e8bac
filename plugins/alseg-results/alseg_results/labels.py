"""What a run is called among those it is compared with."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from alcore import AlsegError
from alseg_results.read import RawRun
from alseg_results.settings import UNSET, leaves, options, text_of, versions_of, within, without_implied

STRATEGY = "strategy"
PROTOCOL = "protocol"
OF_A_PROTOCOL = ("loop", "pool", "model", "loss", "learner")
"""The sections that a protocol gives values to."""

NEVER_COMPARED = {
    "seed": "runs are paired by seed",
    "dataset": "each dataset has tables of its own",
    "full_data": "full-data training is what active learning is held against",
}


def compared_places(by: str) -> tuple[str, ...]:
    """The places of a configuration that ``by`` covers: ``model``, ``loss.gamma``, or several after commas."""
    return tuple(place for key in _keys(by) for place in (OF_A_PROTOCOL if key == PROTOCOL else (key,)))


def check_compared(by: str, raws: Sequence[RawRun]) -> None:
    """Check that runs can be compared by ``by``.

    Raises:
        AlsegError: no run has such an option, or it is not one to compare by.
    """
    known = {PROTOCOL: None}
    for raw in raws:
        for key, _ in leaves(raw.config):
            parts = key.split(".")
            known |= dict.fromkeys(".".join(parts[:n]) for n in range(1, len(parts) + 1))
    for key in _keys(by):
        if reason := NEVER_COMPARED.get(key.partition(".")[0]):
            raise AlsegError(f"runs cannot be compared by {key!r}: {reason}", hint="--by model, or --by loss.gamma")
        if key not in known:
            near = get_close_matches(key, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else "give a section or option of config.toml, as loss.gamma"
            raise AlsegError(f"no run has a section or option {key!r}", hint=hint)


def labels_of(raws: Sequence[RawRun], by: str) -> dict[int, str]:
    """Label each run, by its id, by what it has of ``by``.

    A strategy (or model, loss ...) is called by its name, with the options that differ among those of the name, or as
    the benchmark's grid called it: ``strided:block_size=5``. A single option is called ``loss.gamma=2``. Where the
    distributions that it came from had several versions, those follow: ``entropy [alseg-strategies=0.2.0]``.
    """
    parts: dict[int, list[str]] = defaultdict(list)
    for key in _keys(by):
        for identity, label in _labels_by(raws, key).items():
            parts[identity].append(label)
    return {identity: ", ".join(labels) for identity, labels in parts.items()}


def _labels_by(raws: Sequence[RawRun], key: str) -> dict[int, str]:
    groups: dict[str, list[RawRun]] = defaultdict(list)
    for raw in raws:
        groups[_name(raw, key)].append(raw)
    return {
        identity: label for name, group in groups.items() for identity, label in _variants(name, group, key).items()
    }


def _variants(name: str, group: Sequence[RawRun], key: str) -> dict[int, str]:
    """The label of each run of one name."""
    chosen = [_options(raw, key) for raw in group]
    versions = [versions_of(raw, only=key) for raw in group]
    varying = without_implied(_varying(chosen), chosen)
    own = []
    for one in chosen:
        said = ",".join(f"{option}={text_of(one[option])}" for option in varying if option in one)
        own.append(f"{name}:{said}" if said else name)
    if key == STRATEGY:
        own = _as_the_grid_says(group, own)
    newer = _varying(versions)
    ends = [", ".join(f"{one}={version[one]}" for one in newer if one in version) for version in versions]
    return {id(raw): f"{label} [{end}]" if end else label for raw, label, end in zip(group, own, ends, strict=True)}


def _as_the_grid_says(group: Sequence[RawRun], own: Sequence[str]) -> list[str]:
    """The grids' labels, where each stands for one strategy with its options, and for it alone."""
    said: dict[str, set[str]] = defaultdict(set)
    meant: dict[str, set[str]] = defaultdict(set)
    for raw, label in zip(group, own, strict=True):
        text = str(raw.job.get(STRATEGY) or label) + (REPLAY if _is_replay(raw) and raw.job else "")
        said[label].add(text)
        meant[text].add(label)
    clear = all(len(texts) == 1 for texts in said.values()) and all(len(labels) == 1 for labels in meant.values())
    return [next(iter(said[label])) for label in own] if clear else list(own)


REPLAY = " (replay)"


def _is_replay(raw: RawRun) -> bool:
    return "replay" in raw.config


def _name(raw: RawRun, key: str) -> str:
    value = _at(raw.config, key)
    if isinstance(value, Mapping):
        name = str(value.get("name", key))
        return name + REPLAY if key == STRATEGY and _is_replay(raw) else name
    return str(value) if key == PROTOCOL else f"{key}={UNSET if value is None else text_of(value)}"


def _options(raw: RawRun, key: str) -> dict[str, Any]:
    """The options by which two of one name may differ."""
    if key == PROTOCOL:
        shorter = {"loop.rounds", "pool.memory_budget", "learner.compile"}
        return {
            option: value
            for option, value in options(raw.config)
            if option not in shorter and any(within(option, section) for section in OF_A_PROTOCOL)
        }
    value = _at(raw.config, key)
    if not isinstance(value, Mapping):
        return {}
    return dict(options({option: one for option, one in value.items() if option != "name"}))


def _at(config: Mapping[str, Any], key: str) -> Any:
    value: Any = config
    for part in key.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _varying(sections: Sequence[Mapping[str, Any]]) -> list[str]:
    """Keys whose values differ between the sections, in the order of the first one that has them."""
    keys = dict.fromkeys(key for section in sections for key in section)
    return [key for key in keys if any(section.get(key) != sections[0].get(key) for section in sections)]


def _keys(by: str) -> list[str]:
    return [key.strip() for key in by.split(",")]
