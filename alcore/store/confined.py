"""What HDF5 gives, read with care: a store may come from anywhere, and only plain values that lie in it are read.

HDF5 can point out of a file (external links, external storage, virtual datasets), follow links within it, unpack
little into much, and promise terabytes that are nowhere. A store has none of that, so none of it is followed. Every
function here raises what h5py raises, or ValueError with what is odd; :func:`damage` makes one sentence of it.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import numpy as np
from h5py import h5a, h5d, h5g, h5l, h5o, h5s, h5t, h5z
from numpy.typing import NDArray

from alcore.errors import AlsegError

_H5PY_ERRORS = (OSError, KeyError, RuntimeError, ValueError, TypeError, MemoryError)
_MOST_ATTRIBUTES = 64
_CHECKSUM_BYTES = 4
_PLAIN_KINDS = "biufS"
_LARGEST_NUMBER = 8


@contextmanager
def damage(message: str) -> Iterator[None]:
    """Turn h5py's errors, and ValueError, into AlsegError with ``message``."""
    try:
        yield
    except _H5PY_ERRORS as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        if isinstance(error, KeyError):
            reason += " is missing"
        raise AlsegError(
            f"{message} ({reason})", hint="convert the dataset again: alseg data convert --force"
        ) from error


def open_group(parent: h5g.GroupID, name: str) -> h5g.GroupID:
    """The group ``name`` that lies in ``parent``."""
    return _member(parent, name, h5g.GroupID)


def read_array(parent: h5g.GroupID, name: str, n_bytes: int) -> NDArray[Any]:
    """The array ``name`` that lies in ``parent`` in one piece; it may have ``n_bytes`` at most."""
    dataset = _member(parent, name, h5d.DatasetID)
    creation = dataset.get_create_plist()
    if creation.get_layout() != h5d.CONTIGUOUS or creation.get_nfilters() or creation.get_external_count():
        raise ValueError(f"{name!r} is not stored in one piece within the file")
    values = _empty(name, dataset, n_bytes)
    if dataset.get_storage_size() != values.nbytes:
        raise ValueError(f"of {name!r} there are {dataset.get_storage_size()} bytes, not {values.nbytes}")
    dataset.read(h5s.ALL, h5s.ALL, values)
    return values


def read_attributes(holder: h5g.GroupID, n_bytes: int) -> dict[str, NDArray[Any]]:
    """All attributes of a group; each may have ``n_bytes`` at most."""
    count = h5a.get_num_attrs(holder)
    if count > _MOST_ATTRIBUTES:
        raise ValueError(f"there are {count} attributes, more than {_MOST_ATTRIBUTES}")
    found = [h5a.open(holder, index=number) for number in range(count)]
    names = [attribute.name.decode() for attribute in found]
    return {name: _value(name, attribute, n_bytes) for name, attribute in zip(names, found, strict=True)}


def read_attribute(holder: h5g.GroupID, name: str, n_bytes: int) -> NDArray[Any]:
    """One attribute of a group; it may have ``n_bytes`` at most."""
    return _value(name, h5a.open(holder, name.encode()), n_bytes)


def open_slices(parent: h5g.GroupID, name: str, shape: tuple[int, ...], n_bytes: int) -> h5d.DatasetID:
    """The array ``name`` of slices that lies in ``parent``: of ``shape``, whole, each slice a chunk with a checksum.

    All of its slices may have ``n_bytes`` together at most.
    """
    dataset = _member(parent, name, h5d.DatasetID)
    dtype = _plain_dtype(name, dataset.get_type())
    if dtype.kind not in "iuf":
        raise ValueError(f"{name!r} has the type {dtype}, neither integer nor float")
    creation = dataset.get_create_plist()
    if creation.get_layout() != h5d.CHUNKED:
        raise ValueError(f"{name!r} is not stored slice by slice within the file")
    filters = [creation.get_filter(number)[0] for number in range(creation.get_nfilters())]
    if filters != [h5z.FILTER_FLETCHER32]:
        raise ValueError(f"the slices of {name!r} are stored with other filters than a checksum")
    if dataset.shape != shape:
        raise ValueError(f"{name!r} has the shape {dataset.shape}, not {shape}")
    if creation.get_chunk() != (1, *shape[1:]):
        raise ValueError(f"{name!r} is stored in chunks of {creation.get_chunk()}, not slice by slice")
    expected = shape[0] * (math.prod(shape[1:]) * dtype.itemsize + _CHECKSUM_BYTES)
    stored = dataset.get_storage_size()
    if stored != expected or stored > n_bytes:
        raise ValueError(f"of the {expected} bytes of {name!r} {min(stored, n_bytes)} are there")
    return dataset


def _member(parent: h5g.GroupID, name: str, kind: type[Any]) -> Any:
    """What lies in ``parent`` itself under ``name``, if it is of that kind; no link is followed."""
    encoded = name.encode()
    if not parent.links.exists(encoded):
        raise KeyError(name)
    if parent.links.get_info(encoded).type != h5l.TYPE_HARD:
        raise ValueError(f"{name!r} is a link to another place")
    member = h5o.open(parent, encoded)
    if not isinstance(member, kind):
        raise ValueError(f"{name!r} is {'no array' if kind is h5d.DatasetID else 'no group'}")
    return member


def _value(name: str, attribute: h5a.AttrID, n_bytes: int) -> NDArray[Any]:
    values = _empty(name, attribute, n_bytes)
    attribute.read(values)
    return values


def _empty(name: str, source: h5d.DatasetID | h5a.AttrID, n_bytes: int) -> NDArray[Any]:
    """An array that can take what ``source`` holds."""
    dtype = _plain_dtype(name, source.get_type())
    if source.get_space().get_simple_extent_type() == h5s.NULL:
        raise ValueError(f"{name!r} is empty")
    shape = source.shape
    needed = math.prod(shape) * dtype.itemsize
    if needed > n_bytes:
        raise ValueError(f"{name!r} has {needed} bytes, more than the {n_bytes} of the file")
    return np.empty(shape, dtype.newbyteorder("="))


def _plain_dtype(name: str, found: h5t.TypeID) -> np.dtype[Any]:
    """Numpy's type for numbers, booleans and texts of one length; nothing that points to other places."""
    dtype: np.dtype[Any] = found.dtype
    if dtype.kind not in _PLAIN_KINDS or (dtype.kind != "S" and dtype.itemsize > _LARGEST_NUMBER):
        raise ValueError(f"{name!r} is of a type that a store does not have: {dtype}")
    if dtype.kind != "S" and not found.equal(_h5py_type(dtype)):
        raise ValueError(f"{name!r} is of a type that numpy does not have")
    return dtype


@lru_cache(maxsize=256)
def _h5py_type(dtype: np.dtype[Any]) -> h5t.TypeID:
    return h5t.py_create(dtype, logical=True)
