"""Mutated slice stores: flipped, cut and shuffled bytes; and edits by somebody who knows HDF5 and mends checksums."""

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import attacking
import h5py
import numpy as np

from alcore import DatasetListing, Scan, ScanSource
from alcore.conversion.prepare import prepare
from alcore.drawing.montage import montage
from alcore.store import format
from alcore.store.describe import describe_store
from alcore.store.hashes import arrays_sha256, fingerprint
from alcore.store.info import StoreInfo
from alcore.store.reader import SliceStore
from alcore.store.summary import summarise
from alcore.store.verify import verify
from alcore.store.writer import StoreWriter

_LISTING = DatasetListing(("background", "organ", "tumour"), ("CT", "PET"), ())
_SCANS = ("a", "b ü", "c")
_VALUES: tuple[Any, ...] = (
    np.array(b"/etc/passwd"),
    np.array(b"[" * 5000),
    np.array(b'{"a": 1}'),
    np.array(b"\xff"),
    np.array(-1),
    np.array(2**62),
    np.array(np.nan),
    np.array(np.inf),
    np.zeros(0),
    np.ones((3, 3)),
    np.array(True),
    np.arange(6, dtype=np.uint8),
    np.array([b"a", b"b"]),
    h5py.Empty("f8"),
    "any length",
)


def build(folder: Path) -> attacking.Attack:
    """The attack on a store of three scans."""
    path = folder / "store.h5"
    _write(path)
    whole = path.read_bytes()
    read = _read(path)

    def attack(rng: random.Random) -> str:
        path.write_bytes(whole)
        if rng.random() < 0.5:
            path.write_bytes(damaged(whole, rng))
            sealed = False
        else:
            sealed = _edit(path, rng)
        summarise(path)
        found = _read(path)
        verify(path)
        if found == read:
            return "same"
        if not sealed:
            raise attacking.BrokenPromiseError(
                f"{[name for name in read if found[name] != read[name]]} changed silently"
            )
        return "as it was asked for"

    return attack


def damaged(content: bytes, rng: random.Random) -> bytes:
    """``content`` with a flipped bit, a run of other bytes, an end that is missing, or two parts exchanged."""
    new = bytearray(content)
    place, length = rng.randrange(len(new)), rng.choice((1, 2, 8, 64, 512))
    kind = rng.choice(("bit", "bit", "bit", "run", "zeros", "cut", "exchange"))
    if kind == "bit":
        new[place] ^= 1 << rng.randrange(8)
    elif kind == "run":
        new[place : place + length] = rng.randbytes(len(new[place : place + length]))
    elif kind == "zeros":
        new[place : place + length] = bytes(len(new[place : place + length]))
    elif kind == "cut":
        del new[place:]
    else:
        other = rng.randrange(len(new))
        length = min(length, len(new) - max(place, other))
        new[place : place + length], new[other : other + length] = (
            content[other : other + length],
            content[place : place + length],
        )
    return bytes(new)


def _write(path: Path) -> None:
    rng = np.random.default_rng(0)

    class Dataset:
        def read_scan(self, source: ScanSource) -> Scan:
            image = rng.integers(-50, 200, (4, 2, 5, 6)).astype(np.int16)
            return Scan(image, rng.integers(0, 3, (4, 5, 6)).astype(np.uint8), warnings=("odd",))

    info = StoreInfo(
        dataset="toy",
        class_names=_LISTING.class_names,
        channel_names=_LISTING.channel_names,
        multi_label=False,
        synthetic=True,
        licence="",
        reference="nobody",
        distribution="alseg-toy",
        version="1.0",
        options={"size": 3},
        conversion={"test_fraction": 0.0},
        fingerprint="",
        format_version=format.FORMAT_VERSION,
    )
    with StoreWriter(path, overwrite=True) as writer:
        for name in _SCANS:
            source = ScanSource(name, (), "train")
            writer.add(prepare(Dataset(), _LISTING, source, "recipe", allow_empty=False))  # type: ignore[arg-type]
        writer.commit(replace(info, fingerprint=fingerprint(info, writer.table())))


def _read(path: Path) -> dict[str, Any]:
    """All that a run reads of a store and that is shown of it, in a form that can be compared."""
    found: dict[str, Any] = {"described": repr(describe_store(path))}
    with SliceStore.open(path) as store:
        found["info"], found["type"] = store.info, str(store.image_dtype)
        found["table"] = repr(store.scans)
        for scan in range(len(store.scans)):
            image, label = store.images([scan]).read_scan(scan), store.read_scan_label(scan)
            found[f"scan {scan}"] = (image.tobytes(), label.tobytes(), repr(store.geometry(scan)))
            montage(store, scan, most=2)
    return found


def _edit(path: Path, rng: random.Random) -> bool:
    """Edit a store through h5py; returns whether its checksums were mended."""
    with h5py.File(path, "r+", libver=(format.HDF5_VERSION, format.HDF5_VERSION)) as file:
        scan = file["scans"][rng.choice(_SCANS)]
        edit = rng.choice((_edit_attribute, _edit_attribute, _edit_column, _edit_column, _edit_array, _edit_tree))
        try:
            edit(file, scan, rng)
        except (ValueError, TypeError, OSError, KeyError, RuntimeError, AttributeError):
            return False  # HDF5 itself does not take this edit
        try:
            _mend(file)
        except (ValueError, TypeError, OSError, KeyError, RuntimeError, AttributeError):
            return False
    return True


def _edit_attribute(file: h5py.File, scan: h5py.Group, rng: random.Random) -> None:
    holder = rng.choice((file, scan))
    name = rng.choice(sorted(holder.attrs))
    value = rng.choice((None, *_VALUES))
    old = holder.attrs[name]
    del holder.attrs[name]
    if value is None and isinstance(old, bytes):
        value = np.array(damaged(old or b"x", rng) or b"x")
    holder.attrs[name] = old if value is None else value


def _edit_column(file: h5py.File, scan: h5py.Group, rng: random.Random) -> None:
    index = rng.choice((file["index"], file["index"]["statistics"]))
    name = rng.choice([name for name in sorted(index) if isinstance(index[name], h5py.Dataset)])
    old = index[name][()]
    del index[name]
    changed = (
        lambda: rng.choice(_VALUES),
        lambda: old[:1],
        lambda: np.concatenate([old, old]),
        lambda: old[..., None],
        lambda: old * -1,
        lambda: old * 0,
        lambda: old * 1_000_000,
        lambda: old.astype(rng.choice(("f4", "i8", "u1", "S3"))),
        lambda: np.roll(old, 1, axis=0),
    )
    values = rng.choice(changed)()
    options = rng.choice(({}, {}, {}, {"chunks": True, "compression": "gzip"}, {"chunks": True, "maxshape": None}))
    index.create_dataset(name, data=values, **options)


def _edit_array(file: h5py.File, scan: h5py.Group, rng: random.Random) -> None:
    name = rng.choice(("image", "label"))
    old = scan[name][()]
    del scan[name]
    shape = rng.choice(
        (old.shape, old.shape[1:], old.shape[::-1], (1 << 30, *old.shape[1:]), (1, 1, 1, 1), (0, 2, 5, 6))
    )
    dtype = rng.choice((old.dtype, old.dtype, "f8", "c8", "S4", "?", h5py.ref_dtype, h5py.vlen_dtype("u1"), "i2,f4"))
    options: dict[str, Any] = rng.choice(
        (
            {"chunks": (1, *shape[1:]), "fletcher32": True},
            {"chunks": (1, *shape[1:]), "compression": "gzip", "fletcher32": True},
            {"chunks": True},
            {"external": [("/etc/passwd", 0, h5py.h5f.UNLIMITED)]},
            {"fillvalue": 77, "chunks": (1, *shape[1:]), "fletcher32": True},
            {},
        )
    )
    data = old if shape == old.shape and np.dtype(dtype) == old.dtype and rng.random() < 0.5 else None
    if data is not None and rng.random() < 0.5:
        data = data + data.dtype.type(rng.randrange(250))
    scan.create_dataset(name, shape=shape, dtype=dtype, data=data, **options)


def _edit_tree(file: h5py.File, scan: h5py.Group, rng: random.Random) -> None:
    parent, name = rng.choice(
        (
            (scan, "image"),
            (scan, "label"),
            (file["scans"], scan.name.rpartition("/")[2]),
            (file["index"], "ids"),
            (file, "index"),
        )
    )
    old = parent[name]
    parent["elsewhere"] = old
    del parent[name]
    if rng.random() < 0.8:
        targets = (
            h5py.SoftLink(f"{parent.name}/elsewhere"),
            h5py.SoftLink("/"),
            h5py.ExternalLink("/etc/passwd", "/"),
            h5py.ExternalLink("store.h5", "/scans"),
            file["scans"],
            file["index"]["ids"],
            scan.get("label", file),
            np.dtype("i4"),
        )
        parent[name] = rng.choice(targets)


def _mend(file: h5py.File) -> None:
    ids = [name.decode() for name in file["index"]["ids"][()].tolist()]
    sums = [arrays_sha256(_attributes(file["scans"][name])) for name in ids]
    del file["index"]["scan_attributes"]
    file["index"]["scan_attributes"] = np.array([text.encode() for text in sums], "S64")
    arrays = _attributes(file)
    arrays.pop("checksum", None)

    def collect(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset):
            arrays[f"index/{name}"] = np.asarray(item[()], item.dtype)

    file["index"].visititems(collect)
    file.attrs["checksum"] = np.array(arrays_sha256(arrays).encode())


def _attributes(group: h5py.Group) -> dict[str, Any]:
    found = {}
    for name in group.attrs:
        attribute = group.attrs.get_id(name)
        found[name] = np.empty(attribute.shape, attribute.dtype)
        attribute.read(found[name])
    return found
