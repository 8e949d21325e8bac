"""Names for jobs: a hash of all that decides their numbers, so that equal work is never done twice."""

import copy
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from typing import Any

from alcore.runs.config import RunConfig

WITHOUT_EFFECT = ("protocol", "device", "trackers", "pool.memory_budget", "loop.query_seconds", "tracker_seconds")
"""Values that decide where and how a run is done, not what comes out of it."""

SHARED_BY_STRATEGIES = ("strategy", "loop.rounds", "loop.budget")
"""Values that round 0 does not depend on."""


@dataclass(frozen=True)
class Surroundings:
    """What decides the numbers of a job beside its configuration.

    Args:
        fingerprint: of the dataset's content.
    """

    fingerprint: str


def job_key(config: RunConfig, around: Surroundings) -> str:
    """Hash of all that decides a job's numbers.

    That is the resolved configuration, the dataset's content, the versions of torch, alseg and all components, however
    deeply options name them.
    """
    return _hash(config, around, without=WITHOUT_EFFECT)


def start_key(config: RunConfig, around: Surroundings) -> str:
    """The same, less what round 0 does not depend on: equal for all strategies of a grid under one seed."""
    return _hash(config, around, without=(*WITHOUT_EFFECT, *SHARED_BY_STRATEGIES))


def directory_name(dataset: str, strategy: str, seed: int, key: str) -> str:
    """A readable folder name for a job: ``hippocampus-strided-block_size-5-seed0-1a2b3c4d``."""
    return "-".join(part for part in (_slug(dataset), _slug(strategy), f"seed{seed}", key[:8]) if part)


def _hash(config: RunConfig, around: Surroundings, without: tuple[str, ...]) -> str:
    values = copy.deepcopy(config.as_values())
    for path in without:
        _drop(values, path)
    left_out = ("tracker", *without)
    versions = {
        place: (component.spec.name, component.found.distribution, component.found.version)
        for place, component in config.components().items()
        if place.partition(".")[0] not in left_out
    }
    facts = {
        "values": values,
        "versions": versions,
        "core": metadata.version("alseg"),
        "torch": metadata.version("torch"),
        "dataset": around.fingerprint,
    }
    # The store's fingerprint says what the dataset is; its name or path says only where it lies.
    del values["dataset"]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _drop(values: dict[str, Any], path: str) -> None:
    *sections, option = path.split(".")
    for section in sections:
        values = values.get(section, {})
    values.pop(option, None)


def _slug(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.]+", "-", text).strip("-.")


def identity(notes: Mapping[str, Any]) -> tuple[Any, ...]:
    """What a job is to a reader of results: two jobs of one identity and different keys are versions of one."""
    return tuple(notes.get(name) for name in ("full_data", "dataset", "strategy", "seed"))
