"""Entries of a leaderboard from runs."""

import json
from collections.abc import Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

from alcore import AlsegError
from alcore.escapes import file_names
from alcore.files import make_folder, write_text
from alcore.records import ScanScore
from alseg_results.labels import STRATEGY
from alseg_results.leaderboard.entry import (
    ENDING,
    FORMAT,
    Entry,
    EntryDataset,
    EntryRound,
    EntrySelection,
    Scores,
    digest,
    key_of,
)
from alseg_results.read import RawRun
from alseg_results.release.folder import read_folder
from alseg_results.release.without_paths import without_paths
from alseg_results.settings import plain_name, versions_of
from alseg_results.tidy import defined

NOT_OF_THE_PROTOCOL = ("seed", STRATEGY, "dataset", "device", "trackers", "protocol")
"""Sections that have a place of their own in an entry, or decide no number."""


def write_entries(source: Path, folder: Path) -> tuple[list[Path], list[str]]:
    """Write an entry for every run at or below ``source``; what is in ``folder`` under the same name is replaced.

    Returns:
        The files, and a sentence for each run that is left out.

    Raises:
        AlsegError: there are no results, or the folder cannot be written to.
    """
    raws, notes = read_folder(source)
    made: list[tuple[str, Entry]] = []
    for raw in raws:
        try:
            made.append((_name(raw), make_entry(raw)))
        except AlsegError as error:
            notes.append(f"{raw.directory.name} is left out: {error.message}")
    make_folder(folder)
    paths = []
    for (_, entry), name in zip(made, file_names([name for name, _ in made]), strict=True):
        path = folder / f"{name}{ENDING}"
        write_text(path, json.dumps(entry.model_dump(mode="json"), ensure_ascii=False) + "\n")
        paths.append(path)
    return paths, notes


def make_entry(raw: RawRun) -> Entry:
    """The entry of a run.

    Raises:
        AlsegError: its scores of scans are missing or damaged.
    """
    dataset, strategy = raw.environment["dataset"], without_paths(raw.config.get(STRATEGY, {}))
    options = {name: value for name, value in raw.config.items() if name not in NOT_OF_THE_PROTOCOL}
    protocol = digest(without_paths(options))
    seed = int(raw.config["seed"])
    return Entry(
        format=FORMAT,
        key=key_of(dataset["fingerprint"], strategy, seed, protocol),
        dataset=EntryDataset(name=plain_name(raw), fingerprint=dataset["fingerprint"], synthetic=dataset["synthetic"]),
        strategy=strategy,
        seed=seed,
        protocol=protocol,
        options=without_paths(options),
        versions=versions_of(raw),
        rounds=tuple(
            EntryRound(
                round=record["round"],
                labelled=record["labelled"],
                units=units,
                compute_minutes=sum(record["seconds"].values()) / 60,
                scores=_nested(raw.read_scores(record["round"])),
            )
            for record, units in zip(raw.rounds, accumulate(record["queried"] for record in raw.rounds), strict=True)
        ),
        selections=tuple(
            EntrySelection(
                round=row["round"],
                scan=row["scan"],
                position=row["position"],
                slices=row.get("slices"),
                top=row.get("top"),
                left=row.get("left"),
            )
            for row in raw.selections
            if row["kind"] != "pseudo"
        ),
    )


def _nested(rows: Sequence[ScanScore]) -> Scores:
    found: Scores = {}
    for row in rows:
        value = defined(row["value"])
        classes = found.setdefault(row["split"], {}).setdefault(row["metric"], {})
        classes.setdefault(row["class"], {})[row["scan"]] = None if value != value else value
    return found


def _name(raw: RawRun) -> str:
    strategy: Mapping[str, Any] = raw.config.get(STRATEGY, {})
    label = str(raw.job.get(STRATEGY) or strategy.get("name", "full data"))
    return f"{plain_name(raw)}-{label}-seed{raw.config['seed']}"
