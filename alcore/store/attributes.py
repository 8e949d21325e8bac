"""Between the values of :mod:`alcore.store.info` and the attributes and arrays of an HDF5 file.

Texts have a fixed length: HDF5 keeps texts of any length in a heap of their own, without a checksum. The root's
``checksum`` covers its other attributes and the index, and the index has the checksum of each scan's attributes.
"""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import h5py
import numpy as np
from h5py import h5a, h5g
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from alcore.documents import parse_json
from alcore.store import format
from alcore.store.confined import open_group, read_array, read_attribute, read_attributes
from alcore.store.consistency import MOST_SCANS, check_index
from alcore.store.hashes import arrays_sha256
from alcore.store.info import Geometry, ScanRecord, ScanTable, StoreInfo

_T = TypeVar("_T")

_LARGEST_INDEX = 1 << 30
_LARGEST_JSON = 1 << 25
"""Bytes; more would be a store of millions of scans, or one made to fill the memory."""

_FORMAT = "format"
_VERSION = "format_version"
_CHECKSUM = "checksum"
_IMAGE_DTYPE = "image_dtype"
_SCAN_ATTRIBUTES = "scan_attributes"
_JSON_FIELDS = frozenset({"class_names", "channel_names", "options", "conversion", "label_values", "ignored_values"})
_NUMBERS = {
    "n_slices": np.int32,
    "height": np.int32,
    "width": np.int32,
    "spacing": np.float64,
    "class_voxels": np.int64,
    "foreground_slices": np.int32,
}
_WARNINGS = "warnings"
_TEXTS = ("ids", "groups", "split", "content", "image_content", _SCAN_ATTRIBUTES)
_INFO = TypeAdapter(StoreInfo)
_GEOMETRY = TypeAdapter(Geometry)
_WARNINGS_BY_SCAN = TypeAdapter(dict[str, tuple[str, ...]])


@dataclasses.dataclass(frozen=True)
class Index:
    """What a store says of itself and all of its scans.

    Args:
        info: of the store.
        table: of the scans.
        image_dtype: a type that holds the images of all scans.
        scan_attributes: (n,) checksum of the attributes of each scan's group.
    """

    info: StoreInfo
    table: ScanTable
    image_dtype: np.dtype[Any]
    scan_attributes: tuple[str, ...]


def format_version(file: h5py.File, n_bytes: int) -> int | None:
    """The version of the format of a store of ``n_bytes``; None where the file is something else.

    Raises:
        ValueError: it cannot be read.
    """
    if not all(h5a.exists(file.id, name.encode()) for name in (_FORMAT, _VERSION)):
        return None
    version = read_attribute(file.id, _VERSION, n_bytes)
    if version.dtype.kind not in "iu" or version.size != 1:
        raise ValueError(f"{_VERSION!r} is not one number")
    if version == format.FORMAT_VERSION and _decoded(read_attribute(file.id, _FORMAT, n_bytes)) != format.FORMAT_NAME:
        return None
    return int(version.item())


def write_index(file: h5py.File, index: Index) -> None:
    """Write the attributes of the root and the index, whose columns are one array each."""
    root = {_FORMAT: _text(format.FORMAT_NAME), _IMAGE_DTYPE: _text(index.image_dtype.str)}
    for field in dataclasses.fields(index.info):
        value = getattr(index.info, field.name)
        if field.name in _JSON_FIELDS:
            value = json.dumps(value)
        root[field.name] = _text(value) if isinstance(value, str) else np.array(value)
    columns = _columns(index)
    root[_CHECKSUM] = _text(_checksum(root, columns))
    _write_attributes(file, root)
    group = file.create_group(format.INDEX)
    for name, values in columns.items():
        group.create_dataset(name, data=values)


def read_index(file: h5py.File, n_bytes: int) -> Index:
    """Read what :func:`write_index` wrote.

    Args:
        file: the store.
        n_bytes: its size.

    Raises:
        ValueError: it is not what was written, or cannot be; KeyError and others where something is missing.
    """
    root = read_attributes(file.id, n_bytes)
    group = open_group(file.id, format.INDEX)
    statistics = open_group(group, format.STATISTICS)
    places = {name: (group, name) for name in (*_NUMBERS, *_TEXTS, _WARNINGS)}
    places |= {f"{format.STATISTICS}/{name}": (statistics, name) for name in format.STATISTIC_NAMES}
    columns = {}
    left = min(n_bytes, _LARGEST_INDEX)
    for key, (parent, name) in places.items():
        columns[key] = read_array(parent, name, left)
        left -= columns[key].nbytes
    if _decoded(root.pop(_CHECKSUM)) != _checksum(root, columns):
        raise ValueError("it is not what was written")
    image_dtype = np.dtype(_decoded(root[_IMAGE_DTYPE]))
    if image_dtype.kind not in "iuf":
        raise ValueError(f"its images have the type {image_dtype}, neither integer nor float")
    index = Index(_info(root), _table(columns), image_dtype, _column(columns[_SCAN_ATTRIBUTES]))
    check_index(index.info, index.table, n_bytes)
    return index


def write_scan(group: h5py.Group, geometry: Geometry, record: ScanRecord) -> str:
    """Write what is known of a scan as attributes of its group; returns their checksum."""
    attributes = {
        "spacing": np.asarray(geometry.spacing, np.float64),
        "origin": np.asarray(geometry.origin, np.float64),
        "direction": np.asarray(geometry.direction, np.float64),
        "slice_axis": np.array(geometry.slice_axis),
        "files": _text(json.dumps([file.name for file in geometry.files])),
        "files_sha256": _text(json.dumps([file.sha256 for file in geometry.files])),
        "recipe": _text(geometry.recipe),
        "split": _text(record.split),
        "group": _text(record.group),
        "content": _text(record.content),
        "image_content": _text(record.image_content),
        "warnings": _text(json.dumps(record.warnings)),
        "class_voxels": record.class_voxels,
        "statistics": np.stack([record.statistics[name] for name in format.STATISTIC_NAMES]),
    }
    _write_attributes(group, attributes)
    return arrays_sha256(attributes)


def read_geometry(group: h5g.GroupID, checksum: str, n_bytes: int) -> Geometry:
    """Read where a scan lies and its source files; the attributes must have that checksum.

    Raises:
        ValueError: they are not what was written, or cannot be; KeyError and others where something is missing.
    """
    attributes = read_attributes(group, n_bytes)
    if arrays_sha256(attributes) != checksum:
        raise ValueError("its attributes are not what was written")
    names, hashes = (_parsed(attributes[name]) for name in ("files", "files_sha256"))
    return _validated(
        _GEOMETRY,
        {
            "spacing": attributes["spacing"].tolist(),
            "origin": attributes["origin"].tolist(),
            "direction": attributes["direction"].tolist(),
            "slice_axis": attributes["slice_axis"].tolist(),
            "files": [{"name": name, "sha256": sha256} for name, sha256 in zip(names, hashes, strict=True)],
            "recipe": _decoded(attributes["recipe"]),
        },
    )


def _write_attributes(holder: h5py.Group, attributes: Mapping[str, NDArray[Any]]) -> None:
    for name, values in attributes.items():
        holder.attrs[name] = values


def _checksum(root: Mapping[str, NDArray[Any]], columns: Mapping[str, NDArray[Any]]) -> str:
    return arrays_sha256({**root, **{f"{format.INDEX}/{name}": values for name, values in columns.items()}})


def _info(root: Mapping[str, NDArray[Any]]) -> StoreInfo:
    fields: dict[str, Any] = {}
    for field in dataclasses.fields(StoreInfo):
        values = root[field.name]
        if field.name in _JSON_FIELDS:
            fields[field.name] = _parsed(values)
        else:
            fields[field.name] = _decoded(values) if values.dtype.kind == "S" else values.item()
    return _validated(_INFO, fields)


def _columns(index: Index) -> dict[str, NDArray[Any]]:
    table = index.table
    odd = {name: warnings for name, warnings in zip(table.ids, table.warnings, strict=True) if warnings}
    return {
        **{name: getattr(table, name) for name in _NUMBERS},
        "ids": _texts(table.ids),
        "groups": _texts(table.groups),
        "split": _texts(table.split.tolist()),
        "content": _texts(table.content),
        "image_content": _texts(table.image_content),
        _SCAN_ATTRIBUTES: _texts(index.scan_attributes),
        _WARNINGS: _text(json.dumps(odd)),
        **{f"{format.STATISTICS}/{name}": values for name, values in table.statistics.items()},
    }


def _table(columns: Mapping[str, NDArray[Any]]) -> ScanTable:
    ids = _column(columns["ids"])
    warnings = _validated(_WARNINGS_BY_SCAN, _parsed(columns[_WARNINGS]))
    numbers = {name: _frozen(name, columns[name], dtype) for name, dtype in _NUMBERS.items()}
    statistics = {name: columns[f"{format.STATISTICS}/{name}"] for name in format.STATISTIC_NAMES}
    return ScanTable(
        ids=ids,
        groups=_column(columns["groups"]),
        split=np.array(_column(columns["split"]), dtype=np.str_),
        content=_column(columns["content"]),
        image_content=_column(columns["image_content"]),
        warnings=tuple(warnings.get(name, ()) for name in ids),
        statistics={name: _frozen(name, values, np.float64) for name, values in statistics.items()},
        **numbers,
    )


def _validated(kind: TypeAdapter[_T], values: Any) -> _T:
    try:
        return kind.validate_python(values)
    except ValidationError as error:
        fault = error.errors()[0]
        raise ValueError(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}") from error


def _text(value: str) -> NDArray[np.bytes_]:
    encoded = value.encode()
    return np.array(encoded, h5py.string_dtype("utf-8", max(len(encoded), 1)))


def _texts(values: Sequence[str]) -> NDArray[np.bytes_]:
    encoded = [value.encode() for value in values]
    return np.array(encoded, h5py.string_dtype("utf-8", max(map(len, encoded), default=1) or 1))


def _decoded(values: NDArray[Any]) -> str:
    """The text of a single value."""
    text = values.item()
    if not isinstance(text, bytes):
        raise ValueError(f"there is a text that is {text!r}")
    return text.decode()


def _parsed(values: NDArray[Any]) -> Any:
    """What a JSON text says."""
    if values.nbytes > _LARGEST_JSON:
        raise ValueError(f"there is a text of {values.nbytes} bytes")
    return parse_json(_decoded(values))


def _column(values: NDArray[Any]) -> tuple[str, ...]:
    """The texts of a column."""
    if values.dtype.kind != "S" or values.ndim != 1:
        raise ValueError("a column of texts is something else")
    if len(values) > MOST_SCANS:
        raise ValueError(f"it lists {len(values)} scans, more than {MOST_SCANS}")
    return tuple(text.decode() for text in values.tolist())


def _frozen(name: str, values: NDArray[Any], dtype: Any) -> NDArray[Any]:
    if values.dtype != dtype:
        raise ValueError(f"{name!r} has the type {values.dtype}, not {np.dtype(dtype)}")
    values.flags.writeable = False
    return values
