"""Hashes of what a store holds."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.store.info import Geometry, ScanTable, StoreInfo


def fingerprint(info: StoreInfo, table: ScanTable) -> str:
    """Hash of what the store holds and how it was made; :class:`StoreInfo` says what enters."""
    facts: dict[str, Any] = {
        "dataset": info.dataset,
        "class_names": info.class_names,
        "channel_names": info.channel_names,
        "multi_label": info.multi_label,
        "synthetic": info.synthetic,
        "options": info.options,
        "conversion": info.conversion,
        "format_version": info.format_version,
        "scans": list(zip(table.ids, table.split.tolist(), table.content, strict=True)),
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def content_sha256(image_sha256: str, label_sha256: str, geometry: Geometry) -> str:
    """Hash of everything a scan holds except its id, its split and its source files.

    Args:
        image_sha256: :func:`array_sha256` of the image.
        label_sha256: :func:`array_sha256` of the label.
        geometry: where the scan lies.
    """
    place = (geometry.spacing, geometry.origin, geometry.direction, geometry.slice_axis)
    numbers = np.array([float(value) for part in place for value in np.atleast_1d(part)])
    return hashlib.sha256(f"{image_sha256}{label_sha256}{array_sha256(numbers)}".encode()).hexdigest()


def array_sha256(values: NDArray[Any]) -> str:
    """Hash of an array's type, shape and values; the same on machines of either byte order."""
    little = np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("<"))
    digest = hashlib.sha256(f"{little.dtype.str}{little.shape}".encode())
    digest.update(little.view(np.uint8).data if little.size else b"")
    return digest.hexdigest()


def arrays_sha256(arrays: Mapping[str, NDArray[Any]]) -> str:
    """Hash of named arrays, whatever their order: of the JSON object that gives each name its :func:`array_sha256`."""
    hashes = {name: array_sha256(values) for name, values in arrays.items()}
    return hashlib.sha256(json.dumps(hashes, sort_keys=True).encode()).hexdigest()
