"""Runs on the fully labelled pool: the score that learning curves are held against."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from alseg_results.read import RawRun
from alseg_results.settings import describe_differences, differing, leaves, plain_name, setting_of

FULL_DATA = "full data"
"""Label of runs that trained on the whole pool at once."""

SHARED = ("model", "loss", "pool")
"""Sections that a full-data run must share with the runs that it is held against."""


def find_full_data(
    full: Sequence[RawRun], active: Sequence[RawRun], datasets: Mapping[int, str], labels: Mapping[int, str]
) -> tuple[list[tuple[RawRun, str, str]], list[str]]:
    """Match full-data runs to the datasets that they belong to: of the same content, model, loss and intensities.

    Runs that were trained otherwise are never averaged: those of the setting with most seeds are shown.

    Returns:
        Each run that is shown with the name of a dataset and its label, which names what it belongs to where models
        or losses are compared; and a sentence for whatever is not shown.
    """
    facts: dict[tuple[str, str], tuple[Any, ...]] = {
        (datasets[id(raw)], labels[id(raw)]): _facts(raw) for raw in active
    }
    if not active:
        facts = {(plain_name(raw), ""): _facts(raw) for raw in full}
    shown: list[tuple[RawRun, str, str]] = []
    notes: list[str] = []
    for dataset in dict.fromkeys(name for name, _ in facts):
        here = {label: wanted for (name, label), wanted in facts.items() if name == dataset}
        same = len(set(here.values())) == 1
        for label, wanted in list(here.items())[: 1 if same else None]:
            fitting = [raw for raw in full if _facts(raw) == wanted]
            kept, more = _of_one_training(fitting, dataset)
            shown += [(raw, dataset, FULL_DATA if same else full_data_of(label)) for raw in kept]
            notes += more
    wanted_somewhere = set(facts.values())
    notes += [
        f"the full-data run {raw.directory.name} on {plain_name(raw)} is not used: "
        "no run is of the same data, model, loss and intensities"
        for raw in full
        if _facts(raw) not in wanted_somewhere
    ]
    return shown, list(dict.fromkeys(notes))


def full_data_of(label: str) -> str:
    """The label of the full-data runs of one of several models or losses."""
    return f"{FULL_DATA} [{label}]"


def _of_one_training(raws: Sequence[RawRun], dataset: str) -> tuple[list[RawRun], list[str]]:
    """One run per seed of the training that most seeds had, and a sentence on what is left out."""
    groups: dict[tuple[Any, ...], list[RawRun]] = defaultdict(list)
    for raw in raws:
        groups[tuple(sorted((key, str(value)) for key, value in _training(raw).items()))].append(raw)
    if not groups:
        return [], []
    best = max(groups.values(), key=lambda group: (len({raw.config["seed"] for raw in group}), _time(group)))
    notes = []
    settings = [_training(raw) for raw in raws]
    if differing(settings):
        left_out = [raw.directory.name for raw in raws if raw not in best]
        notes.append(
            f"full-data runs on {dataset} were trained differently and are not averaged; they differ in "
            f"{describe_differences(settings)}: {', '.join(raw.directory.name for raw in best)} shown, "
            f"{', '.join(left_out)} left out"
        )
    kept: dict[int, RawRun] = {}
    for raw in sorted(best, key=lambda raw: str(raw.environment.get("time", "")), reverse=True):
        seed = int(raw.config["seed"])
        if seed in kept:
            notes.append(
                f"the full-data run {raw.directory.name} on {dataset}, seed {seed}, is not used: "
                f"{kept[seed].directory.name} is shown"
            )
        kept.setdefault(seed, raw)
    return list(kept.values()), notes


def _training(raw: RawRun) -> dict[str, Any]:
    return setting_of(raw, (*SHARED, "loop", "strategy", "evaluation"))


def _time(group: Sequence[RawRun]) -> str:
    return max(str(raw.environment.get("time", "")) for raw in group)


def _facts(raw: RawRun) -> tuple[Any, ...]:
    values = {
        key: str(value)
        for section in SHARED
        for key, value in leaves(raw.config.get(section, {}), f"{section}.")
        if key != "pool.memory_budget"
    }
    # A model that was trained on volumes is no match for one that was trained on slices.
    learner = raw.config.get("learner", {}).get("name")
    return (raw.environment["dataset"]["fingerprint"], learner, *sorted(values.items()))
