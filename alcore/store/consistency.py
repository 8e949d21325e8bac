"""What the names and the index of a store must keep to, whoever wrote them."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.labels import IGNORED
from alcore.scans import SPLITS
from alcore.store.info import ScanTable, StoreInfo

MOST_SCANS = 1_000_000
"""Most scans of a store: its index is read whole."""

_MAX_CLASSES = IGNORED
_LONGEST_NAME = 100
_MAY_BE_UNDEFINED = frozenset({"mean_positive", "mean_nonzero", "std_nonzero"})


def is_scan_id(name: str) -> bool:
    """Whether a scan may be called so: HDF5 takes a slash for a path, and people have to read it."""
    return name not in {"", ".", ".."} and "/" not in name and name.isprintable()


def names_fault(
    class_names: Sequence[str],
    channel_names: Sequence[str],
    label_values: Sequence[Sequence[int]],
    *,
    multi_label: bool,
) -> str:
    """What is wrong with the classes and channels of a dataset, to be read after its name; empty where nothing is."""
    if not channel_names:
        return "names no image channel"
    fewest = 1 if multi_label else 2
    if not fewest <= len(class_names) <= _MAX_CLASSES:
        return f"has {len(class_names)} classes, not {fewest} to {_MAX_CLASSES}"
    for what, names in (("class", class_names), ("channel", channel_names)):
        if repeated := _repeated(names):
            return f"has the {what} {_short(repeated)} more than once"
        for name in names:
            if fault := _name_fault(name):
                return f"has the {what} {_short(name)}, {fault}"
    n_values = len(class_names) + multi_label
    if len(label_values) not in {0, n_values}:
        return f"gives label values of {len(label_values)} classes, not of {n_values}, background included"
    return ""


def _name_fault(name: str) -> str:
    """What is wrong with the name of a class or channel, which becomes a part of file names and tables."""
    if not name.strip() or not name.isprintable():
        return "whose name must be of printable characters"
    n_bytes = len(name.encode())
    return f"whose name has {n_bytes} bytes; {_LONGEST_NAME} are the most" if n_bytes > _LONGEST_NAME else ""


def _short(name: str) -> str:
    return repr(name) if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]!r}..."


def foreign_value(label: NDArray[np.uint8], largest: int) -> int | None:
    """A value of a label that is neither a class (0 to ``largest``) nor ignored, if there is one."""
    if not label.size or label.max() <= largest:
        return None
    odd = label[(label > largest) & (label != IGNORED)]
    return int(odd[0]) if odd.size else None


def check_index(info: StoreInfo, table: ScanTable, n_bytes: int) -> None:
    """Check that the index can be true of a file of ``n_bytes``.

    Raises:
        ValueError: it cannot.
    """
    fault = names_fault(info.class_names, info.channel_names, info.label_values, multi_label=info.multi_label)
    if fault:
        raise ValueError(f"it {fault}")
    for text in (info.dataset, info.distribution, info.version):
        if not text.isprintable():
            raise ValueError(f"it has the name {text!r}, which cannot be shown")
    _check_scan_ids(table.ids)
    _check_shapes(table, len(info.channel_names), info.label_space.n_classes)
    _check(table, np.isin(table.split, SPLITS), f"is in none of the splits {', '.join(SPLITS)}")
    sizes = (table.n_slices, table.height, table.width)
    _check(table, np.logical_and.reduce([size > 0 for size in sizes]), "has no voxels")
    voxels = np.prod([size.astype(np.float64) for size in sizes], axis=0)
    if voxels.sum() * (len(info.channel_names) + math.prod(info.label_space.leading_shape)) > n_bytes:
        raise ValueError(f"its scans have more voxels than the {n_bytes} bytes of the file can hold")
    _check(table, (np.isfinite(table.spacing) & (table.spacing > 0)).all(axis=1), "has a spacing that is not positive")
    slices = table.foreground_slices
    _check(table, (slices >= 0) & (slices <= table.n_slices), "has more slices with foreground than slices")
    counted = table.class_voxels.astype(np.float64)
    most = counted.max(axis=1) if info.multi_label else counted.sum(axis=1)
    _check(table, (counted >= 0).all(axis=1) & (most <= voxels), "has more labelled voxels than voxels")
    for name, values in table.statistics.items():
        usable = np.isfinite(values) | (np.isnan(values) if name in _MAY_BE_UNDEFINED else False)
        _check(table, usable.all(axis=1), f"has no usable statistic {name!r}")


def _check_scan_ids(ids: tuple[str, ...]) -> None:
    if not ids:
        raise ValueError("it has no scan")
    for name in ids:
        if not is_scan_id(name):
            raise ValueError(f"it has the scan id {name!r}")
    if repeated := _repeated(ids):
        raise ValueError(f"it has the scan {repeated!r} more than once")


def _check_shapes(table: ScanTable, n_channels: int, n_classes: int) -> None:
    n = len(table.ids)
    shapes: dict[str, tuple[int, ...]] = {"spacing": (n, 3), "class_voxels": (n, n_classes)}
    columns = ("split", "n_slices", "height", "width", "spacing", "class_voxels", "foreground_slices")
    arrays: dict[str, NDArray[Any]] = {name: getattr(table, name) for name in columns}
    for name, values in arrays.items():
        _check_shape(name, values.shape, shapes.get(name, (n,)))
    for name, values in table.statistics.items():
        _check_shape(name, values.shape, (n, n_channels))
    texts = {"groups": table.groups, "content": table.content, "image_content": table.image_content}
    for name, entries in texts.items():
        _check_shape(name, (len(entries),), (n,))


def _check_shape(name: str, found: tuple[int, ...], expected: tuple[int, ...]) -> None:
    if found != expected:
        raise ValueError(f"{name!r} has the shape {found}, not {expected}")


def _check(table: ScanTable, good: Any, fault: str) -> None:
    """Refuse the first scan for which the (n,) booleans ``good`` are false."""
    if not np.all(good):
        raise ValueError(f"the scan {table.ids[int(np.argmin(good))]!r} {fault}")


def _repeated(names: Iterable[str]) -> str:
    (name, times), *_ = Counter(names).most_common(1)
    return name if times > 1 else ""
