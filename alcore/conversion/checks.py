"""What a dataset must give before it may enter a store. Every fault is one sentence that names its scan and files."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.conversion.statistics import LabelCounts, count_labels
from alcore.errors import AlsegError
from alcore.scans import SPLITS, DatasetListing, Scan, ScanSource
from alcore.store.consistency import MOST_SCANS, is_scan_id, names_fault

_MAX_FILES_NAMED = 3
_LARGEST = float(np.finfo(np.float32).max)


def describe(source: ScanSource) -> str:
    """Name a scan and its files for a message."""
    if not source.files:
        return f"scan {source.id!r}"
    named = ", ".join(str(file) for file in source.files[:_MAX_FILES_NAMED])
    more = len(source.files) - _MAX_FILES_NAMED
    return f"scan {source.id!r} ({named}{f' and {more} more' if more > 0 else ''})"


def check_listing(listing: DatasetListing, dataset: str) -> None:
    """Check what a dataset lists.

    Raises:
        AlsegError: no scans, none to train on, ids that repeat or cannot be stored, a group in two splits, unusable
            classes or channels.
    """
    if not listing.scans:
        raise AlsegError(f"the dataset {dataset!r} lists no scans")
    if len(listing.scans) > MOST_SCANS:
        raise AlsegError(f"the dataset {dataset!r} lists {len(listing.scans)} scans; a store holds up to {MOST_SCANS}")
    for source in listing.scans:
        if not is_scan_id(source.id):
            raise AlsegError(f"the dataset {dataset!r} has the scan id {source.id!r}, which cannot be stored")
        if source.split not in SPLITS:
            raise AlsegError(f"{describe(source)} has the split {source.split!r}, which is none of {', '.join(SPLITS)}")
    (most_common, times), *_ = Counter(source.id for source in listing.scans).most_common(1)
    if times > 1:
        where = "; ".join(describe(source) for source in listing.scans if source.id == most_common)
        raise AlsegError(f"the dataset {dataset!r} has the scan id {most_common!r} {times} times: {where}")
    _check_groups(listing.scans, dataset)
    if not any(source.split == "train" for source in listing.scans):
        raise AlsegError(f"the dataset {dataset!r} has no scan to train on: all are for validation or testing")
    fault = names_fault(
        listing.class_names, listing.channel_names, listing.label_values, multi_label=listing.multi_label
    )
    if fault:
        raise AlsegError(f"the dataset {dataset!r} {fault}")
    for what, text in (("licence", listing.licence), ("reference", listing.reference)):
        if "\0" in text or text != text.encode(errors="ignore").decode():
            raise AlsegError(f"the {what} of the dataset {dataset!r} cannot be stored: {text!r}")


def check_scan(scan: Scan, source: ScanSource, listing: DatasetListing, *, allow_empty: bool) -> LabelCounts:
    """Check a scan and count its labels.

    Raises:
        AlsegError: shapes that do not fit, voxels that no model can compute with, label values that are no classes, a
            spacing that is not positive, a place that is no number, or no foreground at all while ``allow_empty`` is
            false.
    """
    where = describe(source)
    _check_shapes(scan, where, listing)
    check_voxels(scan.image, f"{where}: ")
    if scan.label.dtype != np.uint8:
        raise AlsegError(f"{where}: the label has the type {scan.label.dtype}, not uint8")
    if len(scan.spacing) != 3 or not all(np.isfinite(value) and value > 0 for value in scan.spacing):
        raise AlsegError(f"{where}: the spacing {scan.spacing} is not three positive lengths")
    for name, place, n_numbers in (("origin", scan.origin, 3), ("direction", scan.direction, 9)):
        if len(place) not in {0, n_numbers} or not np.isfinite(place).all():
            raise AlsegError(f"{where}: the {name} {place} is not {n_numbers} numbers")
    counts = count_labels(scan.label, len(listing.class_names))
    if counts.foreign is not None:
        known = "0 and 1" if listing.multi_label else f"0 to {len(listing.class_names) - 1}"
        raise AlsegError(f"{where}: the label has the value {counts.foreign}; its classes are {known}")
    if counts.foreground_slices == 0 and not allow_empty:
        raise AlsegError(
            f"{where}: the label has no foreground voxel", hint="--allow-empty converts scans without foreground too"
        )
    return counts


def check_voxels(image: NDArray[Any], prefix: str = "") -> None:
    """Check that models can compute with an image, (slices, channels, height, width); messages begin with ``prefix``.

    Raises:
        AlsegError: voxels that are neither whole nor real numbers of up to 64 bits, NaN, infinite, or beyond float32.
    """
    if image.dtype.kind not in "iuf" or image.dtype.itemsize > 8:
        raise AlsegError(f"{prefix}the image has the type {image.dtype}, no integer or float of up to 64 bits")
    if image.dtype.kind != "f":
        return
    if not np.isfinite(image).all():
        bad = np.argwhere(~np.isfinite(image))
        raise AlsegError(f"{prefix}the image has {len(bad)} NaN or infinite voxels, the first in slice {bad[0][0]}")
    if image.dtype.itemsize == 8 and max(float(image.max()), -float(image.min())) > _LARGEST:
        raise AlsegError(f"{prefix}the image has voxels beyond {_LARGEST:.3g}, the largest that models compute with")


def _check_groups(scans: Iterable[ScanSource], dataset: str) -> None:
    """Check that all scans of a group are in one split."""
    members: dict[str, dict[str, str]] = defaultdict(dict)
    for source in scans:
        if not isinstance(source.group, str) or not source.group.isprintable():
            raise AlsegError(f"{describe(source)} has the group {source.group!r}, which cannot be stored")
        if source.group:
            members[source.group].setdefault(source.split, source.id)
    for group, examples in members.items():
        if len(examples) > 1:
            where = ", ".join(f"{name!r} is in {split}" for split, name in examples.items())
            raise AlsegError(
                f"the dataset {dataset!r} has scans of {group!r} in several splits: {where}",
                hint="scans of one patient (or other group) belong to one split",
            )


def _check_shapes(scan: Scan, where: str, listing: DatasetListing) -> None:
    if scan.image.ndim != 4 or 0 in scan.image.shape:
        raise AlsegError(f"{where}: the image has the shape {scan.image.shape}, not (slices, channels, height, width)")
    slices, channels, height, width = scan.image.shape
    if channels != len(listing.channel_names):
        names = ", ".join(listing.channel_names)
        raise AlsegError(
            f"{where}: the image has {channels} channels; the dataset has {len(listing.channel_names)} ({names})"
        )
    expected = (slices, len(listing.class_names), height, width) if listing.multi_label else (slices, height, width)
    if scan.label.shape != expected:
        raise AlsegError(f"{where}: the label has the shape {scan.label.shape}; the image asks for {expected}")
