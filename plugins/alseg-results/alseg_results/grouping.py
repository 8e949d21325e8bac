"""Runs of one dataset and setting under one name, and a sentence for whatever is kept apart or left out."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from alseg_results.labels import compared_places
from alseg_results.read import RawRun
from alseg_results.settings import (
    describe_differences,
    differing,
    leaves,
    name_settings,
    plain_name,
    setting_of,
    text_of,
)

Names = Mapping[int, str]
"""A name for each run, by the run's id."""


def dataset_names(raws: Sequence[RawRun], by: str) -> tuple[dict[int, str], list[str]]:
    """Name each run's dataset so that only comparable runs share a name: ``phantom [loss.gamma=2]``.

    Returns:
        The names, and a sentence for each dataset whose runs had to be kept apart.
    """
    groups: dict[str, list[RawRun]] = defaultdict(list)
    for raw in raws:
        groups[plain_name(raw)].append(raw)
    names: dict[int, str] = {}
    notes: list[str] = []
    for name, group in groups.items():
        contents = [raw.environment["dataset"]["fingerprint"] for raw in group]
        several = len(set(contents)) > 1
        settings = [
            {**setting_of(raw, compared_places(by)), **(_content(raw, group) if several else {})} for raw in group
        ]
        protocols = [str(raw.config.get("protocol", "")) for raw in group]
        for raw, said in zip(group, name_settings(settings, protocols), strict=True):
            names[id(raw)] = f"{name} [{said}]" if said else name
        if several:
            notes.append(
                f"{len(set(contents))} stores of different content are called {name}: their runs are shown apart"
            )
        if differing(settings):
            count = len({names[id(raw)] for raw in group})
            notes.append(
                f"runs on {name} were made with {count} different settings and are shown apart; "
                f"they differ in {describe_differences(settings)}"
            )
        notes += _about_machines(name, group)
    return names, notes


def _content(raw: RawRun, group: Sequence[RawRun]) -> dict[str, str]:
    """What tells stores of other content apart: options of the dataset, and the content itself where they do not."""

    def options(one: RawRun) -> tuple[tuple[str, str], ...]:
        chosen = {key: value for key, value in one.config["dataset"].items() if key != "name"}
        return tuple((f"dataset.{key}", text_of(value)) for key, value in leaves(chosen))

    contents = {one.environment["dataset"]["fingerprint"] for one in group}
    pairs = {(options(one), one.environment["dataset"]["fingerprint"]) for one in group}
    told = len({option for option, _ in pairs}) == len(pairs) == len(contents)
    return dict(options(raw)) if told else {"data": raw.environment["dataset"]["fingerprint"][:8]}


def _about_machines(name: str, group: Sequence[RawRun]) -> list[str]:
    """A sentence where runs were made on other devices or numbers of threads: one seed gives other numbers there."""
    notes = []
    for what, key in (("devices", "device"), ("numbers of threads", "torch_threads")):
        found = sorted({str(raw.environment.get("hardware", {}).get(key, "")) for raw in group} - {""})
        if len(found) > 1:
            notes.append(
                f"runs on {name} were made with different {what} ({', '.join(found)}): "
                "under one seed these give slightly different numbers"
            )
    return notes


def apart_by_source(raws: Sequence[RawRun], labels: dict[int, str], datasets: Names) -> None:
    """Name the run that each replay repeats, in ``labels``, where one seed replayed several."""
    groups: dict[tuple[str, str], list[RawRun]] = defaultdict(list)
    for raw in raws:
        if "replay" in raw.config:
            groups[datasets[id(raw)], labels[id(raw)]].append(raw)
    for group in groups.values():
        sources = {(raw.config["seed"], _source(raw)) for raw in group}
        if len({seed for seed, _ in sources}) < len(sources):
            short = len({Path(_source(raw)).name for raw in group}) == len({_source(raw) for raw in group})
            for raw in group:
                labels[id(raw)] += f" of {Path(_source(raw)).name if short else _source(raw)}"


def _source(raw: RawRun) -> str:
    return str(raw.config["replay"].get("run", ""))


def without_repeats(
    raws: Sequence[RawRun], labels: Names, datasets: Names, folder: Path
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
