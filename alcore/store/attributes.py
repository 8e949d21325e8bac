"""Between the values of :mod:`alcore.store.info` and the attributes and arrays of an HDF5 file."""

import dataclasses
import json
from collections.abc import Sequence
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from alcore.store import format
from alcore.store.info import Geometry, ScanRecord, ScanTable, SourceFile, StoreInfo

_TEXT = h5py.string_dtype("utf-8")
_JSON_FIELDS = frozenset({"class_names", "channel_names", "options", "conversion", "label_values"})
_NUMBERS = ("n_slices", "height", "width", "spacing", "class_voxels", "foreground_slices")
_TEXTS = ("ids", "groups", "content", "image_content")


def write_info(file: h5py.File, info: StoreInfo) -> None:
    """Write ``info`` as attributes of the root."""
    file.attrs["format"] = format.FORMAT_NAME
    for field in dataclasses.fields(info):
        value = getattr(info, field.name)
        file.attrs[field.name] = json.dumps(value) if field.name in _JSON_FIELDS else value


def read_info(file: h5py.File) -> StoreInfo:
    """Read the attributes of the root."""
    attrs = file.attrs
    return StoreInfo(
        dataset=str(attrs["dataset"]),
        class_names=tuple(json.loads(attrs["class_names"])),
        channel_names=tuple(json.loads(attrs["channel_names"])),
        multi_label=bool(attrs["multi_label"]),
        synthetic=bool(attrs["synthetic"]),
        licence=str(attrs["licence"]),
        reference=str(attrs["reference"]),
        distribution=str(attrs["distribution"]),
        version=str(attrs["version"]),
        options=json.loads(attrs["options"]),
        conversion=json.loads(attrs["conversion"]),
        fingerprint=str(attrs["fingerprint"]),
        format_version=int(attrs["format_version"]),
        label_values=tuple(tuple(values) for values in json.loads(attrs.get("label_values", "[]"))),
    )


def write_table(group: h5py.Group, table: ScanTable) -> None:
    """Write the index: one contiguous array per column, so that opening reads few and large pieces."""
    for name in _NUMBERS:
        group.create_dataset(name, data=getattr(table, name))
    for name in _TEXTS:
        _write_texts(group, name, getattr(table, name))
    _write_texts(group, "split", table.split.tolist())
    _write_texts(group, "warnings", [json.dumps(warnings) for warnings in table.warnings])
    statistics = group.create_group(format.STATISTICS)
    for name, values in table.statistics.items():
        statistics.create_dataset(name, data=values)


def read_table(group: h5py.Group) -> ScanTable:
    """Read the index."""
    return ScanTable(
        ids=_read_texts(group, "ids"),
        split=np.array(_read_texts(group, "split"), dtype=np.str_),
        n_slices=_frozen(group["n_slices"]),
        height=_frozen(group["height"]),
        width=_frozen(group["width"]),
        spacing=_frozen(group["spacing"]),
        statistics={name: _frozen(group[format.STATISTICS][name]) for name in format.STATISTIC_NAMES},
        class_voxels=_frozen(group["class_voxels"]),
        foreground_slices=_frozen(group["foreground_slices"]),
        content=_read_texts(group, "content"),
        image_content=_read_texts(group, "image_content"),
        warnings=tuple(tuple(json.loads(text)) for text in _read_texts(group, "warnings")),
        groups=_read_texts(group, "groups"),
    )


def write_geometry(group: h5py.Group, geometry: Geometry) -> None:
    """Write where a scan lies and its source files as attributes of its group."""
    group.attrs["spacing"] = np.asarray(geometry.spacing, np.float64)
    group.attrs["origin"] = np.asarray(geometry.origin, np.float64)
    group.attrs["direction"] = np.asarray(geometry.direction, np.float64)
    group.attrs["slice_axis"] = geometry.slice_axis
    group.attrs["files"] = json.dumps([file.name for file in geometry.files])
    group.attrs["files_sha256"] = json.dumps([file.sha256 for file in geometry.files])
    group.attrs["recipe"] = geometry.recipe


def write_record(group: h5py.Group, record: ScanRecord) -> None:
    """Write what the index says of a scan as attributes of its group too, so that each scan stands on its own."""
    group.attrs["split"] = record.split
    group.attrs["group"] = record.group
    group.attrs["content"] = record.content
    group.attrs["image_content"] = record.image_content
    group.attrs["warnings"] = json.dumps(record.warnings)
    group.attrs["class_voxels"] = record.class_voxels
    group.attrs["statistics"] = np.stack([record.statistics[name] for name in format.STATISTIC_NAMES])


def read_geometry(group: h5py.Group) -> Geometry:
    """Read where a scan lies and its source files."""
    names, hashes = json.loads(group.attrs["files"]), json.loads(group.attrs["files_sha256"])
    across, down, along = (float(value) for value in group.attrs["spacing"])
    return Geometry(
        spacing=(across, down, along),
        origin=tuple(group.attrs["origin"].tolist()),
        direction=tuple(group.attrs["direction"].tolist()),
        slice_axis=int(group.attrs["slice_axis"]),
        files=tuple(SourceFile(name, sha256) for name, sha256 in zip(names, hashes, strict=True)),
        recipe=str(group.attrs["recipe"]),
    )


def _write_texts(group: h5py.Group, name: str, texts: Sequence[str]) -> None:
    group.create_dataset(name, data=np.array(texts, dtype=object), dtype=_TEXT)


def _read_texts(group: h5py.Group, name: str) -> tuple[str, ...]:
    return tuple(group[name].asstr()[...].tolist())


def _frozen(dataset: h5py.Dataset) -> NDArray[Any]:
    values: NDArray[Any] = dataset[...]
    values.flags.writeable = False
    return values
