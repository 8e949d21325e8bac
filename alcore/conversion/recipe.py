"""How a scan was made from its files: equal recipes and equal files give equal scans."""

import dataclasses
import hashlib
import json
import pickle
from collections.abc import Mapping, Set
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from alcore.registry import Component
from alcore.scans import DatasetListing, ScanSource
from alcore.specs import Options
from alcore.store import format


def recipe_of(component: Component, options: Options, listing: DatasetListing, source: ScanSource) -> str:
    """Hash of all that decides what becomes of a scan's files: who reads them, how, and the scan's detail.

    Folders do not count: the files' own hashes tell what they hold, wherever they lie.
    """
    facts = (
        format.FORMAT_VERSION,
        component.spec.name,
        component.found.distribution,
        component.found.version,
        options,
        listing.class_names,
        listing.channel_names,
        listing.multi_label,
        source.detail,
    )
    return hashlib.sha256(json.dumps(_plain(facts), sort_keys=True).encode()).hexdigest()


def _plain(value: Any) -> Any:
    """``value`` in the terms of JSON, the same in every process."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, Path):
        return value.name
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if dataclasses.is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return sorted(([_plain(key), _plain(item)] for key, item in value.items()), key=repr)
    if isinstance(value, Set):
        return sorted(map(_plain, value), key=repr)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return hashlib.sha256(pickle.dumps(value)).hexdigest()
