"""An entry of a leaderboard: its form, and what must agree within it."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from alcore import AlsegError
from alcore.files import read_bytes

FORMAT: Literal[1] = 1
ENDING = ".alseg.json"

Value = float | None
"""A score; null where it is not defined."""

Scores = dict[str, dict[str, dict[str, dict[str, Value]]]]
"""By split, metric, foreground class and scan."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class EntryDataset(_Part):
    """The data of a run."""

    name: str = Field(description="Name of the dataset.")
    fingerprint: str = Field(min_length=1, description="Of scans, labels and splits: entries of one are comparable.")
    synthetic: bool = Field(description="Whether the images were generated, not measured.")


class EntryRound(_Part):
    """A round of a run."""

    round: int = Field(ge=0, description="Number of the round, from 0.")
    labelled: int = Field(ge=1, description="Slices with a label by its end.")
    units: int = Field(ge=1, description="Units annotated by its end: slices, or the patches or scans of loop.unit.")
    compute_minutes: float = Field(ge=0, description="Minutes of computing that it took.")
    scores: Scores = Field(description="By split, metric, foreground class and scan; null where it is not defined.")


class EntrySelection(_Part):
    """A unit that was annotated: a slice, or what loop.unit says."""

    round: int = Field(ge=0, description="The round in which it was annotated; those of round 0 come before training.")
    scan: str = Field(description="Identifier of the scan in the dataset.")
    position: int = Field(ge=0, description="Place of the slice in the scan, or of the first one of several.")
    slices: int | None = Field(None, ge=1, description="How many slices, of a patch or a scan.")
    top: int | None = Field(None, ge=0, description="First row, of a patch.")
    left: int | None = Field(None, ge=0, description="First column, of a patch.")


class Entry(_Part):
    """A run: one strategy on one dataset under one seed."""

    format: Literal[1] = Field(description="Of this file.")
    key: str = Field(pattern="^[0-9a-f]{64}$", description="SHA-256 of dataset, strategy, seed and protocol.")
    dataset: EntryDataset
    strategy: dict[str, Any] = Field(description="Name and options of the strategy; empty for training on all labels.")
    seed: int = Field(ge=0, description="The seed.")
    protocol: str = Field(pattern="^[0-9a-f]{64}$", description="SHA-256 of all other options.")
    options: dict[str, Any] = Field(description="All other options, by section: what `protocol` is the hash of.")
    versions: dict[str, str] = Field(description="Versions of the distributions that the run used.")
    rounds: tuple[EntryRound, ...] = Field(min_length=1, description="The rounds, in order.")
    selections: tuple[EntrySelection, ...] = Field(description="The annotated units, in order.")


def digest(value: Any) -> str:
    """SHA-256 of a value as JSON with sorted keys and no spaces."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def key_of(fingerprint: str, strategy: Mapping[str, Any], seed: int, protocol: str) -> str:
    """The key of an entry."""
    return digest([fingerprint, dict(strategy), seed, protocol])


def schema() -> dict[str, Any]:
    """The JSON schema of an entry."""
    return Entry.model_json_schema()


def read_entry(path: Path) -> Entry:
    """Read an entry and check all that can be checked without its run.

    Raises:
        AlsegError: it is no entry, or its parts do not agree; the first fault is named with its place.
    """
    try:
        entry = Entry.model_validate_json(read_bytes(path))
    except ValidationError as error:
        fault = error.errors()[0]
        place = ".".join(map(str, fault["loc"])) or "the file"
        hint = "alseg leaderboard schema prints what an entry holds"
        raise AlsegError(f"{path} is no entry: {place}: {fault['msg']}", hint=hint) from error
    for fault_found in _faults(entry):
        raise AlsegError(f"{path} contradicts itself: {fault_found}", hint="write it anew: alseg leaderboard write")
    return entry


def _faults(entry: Entry) -> Iterator[str]:
    if entry.protocol != digest(entry.options):
        yield "protocol is not the hash of options"
    if entry.key != key_of(entry.dataset.fingerprint, entry.strategy, entry.seed, entry.protocol):
        yield "key is not the hash of dataset, strategy, seed and protocol"
    if [one.round for one in entry.rounds] != list(range(len(entry.rounds))):
        yield "rounds are not numbered from 0 on"
    first = _measured(entry.rounds[0].scores)
    if not first:
        yield "round 0 has no scores"
    annotated = [selection.round for selection in entry.selections]
    for one in entry.rounds:
        if _measured(one.scores) != first:
            yield f"round {one.round} has other splits, metrics, classes or scans than round 0"
        count = sum(number <= one.round for number in annotated)
        if count != one.units:
            yield f"round {one.round} has {one.units} annotated units, and selections name {count}"
    units = [(one.scan, one.position, one.slices, one.top, one.left) for one in entry.selections]
    if len(set(units)) < len(units):
        yield "a unit was annotated twice"


def _measured(scores: Scores) -> set[Sequence[str]]:
    return {
        (split, metric, name, scan)
        for split, metrics in scores.items()
        for metric, classes in metrics.items()
        for name, scans in classes.items()
        for scan in scans
    }
