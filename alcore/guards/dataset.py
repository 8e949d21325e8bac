"""A dataset under guard: what it lists and reads has the types that :mod:`alcore.scans` promises."""

import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from alcore.errors import plugin_fault
from alcore.guards.plugin_code import plugin_code
from alcore.scans import DatasetListing, Scan, ScanSource


class GuardedDataset:
    """Passes on to a dataset.

    Args:
        dataset: the dataset.
        label: the dataset and its distribution, for messages.
    """

    def __init__(self, dataset: Any, label: str) -> None:
        self._dataset = dataset
        self._label = label

    def list_scans(self, source: Path | None) -> DatasetListing:
        """See :class:`alcore.contracts.Dataset`.

        Raises:
            AlsegError: ``source`` is not this dataset, or the listing is none.
        """
        with plugin_code(self._label):
            listing: DatasetListing = self._dataset.list_scans(source)
        if fault := listing_fault(listing):
            raise plugin_fault(self._label, fault)
        return listing

    def read_scan(self, scan: ScanSource) -> Scan:
        """See :class:`alcore.contracts.Dataset`.

        Raises:
            AlsegError: a file is missing or damaged, or what was read is no scan.
        """
        with plugin_code(self._label):
            read: Scan = self._dataset.read_scan(scan)
        if fault := scan_fault(read):
            raise plugin_fault(self._label, f"reads the scan {scan.id!r} wrongly: {fault}")
        return read

    def pickled(self) -> bytes:
        """The dataset for another thread or process.

        Raises:
            AlsegError: it cannot be pickled.
        """
        if fault := _pickle_fault(self._dataset):
            raise plugin_fault(self._label, f"cannot be handed to the threads that read: {fault}")
        return pickle.dumps(self)


def listing_fault(listing: Any) -> str:
    """What is wrong with the types of a listing, as a sentence goes on; an empty text where all is well."""
    if not isinstance(listing, DatasetListing):
        return f"lists a {type(listing).__name__}, not a DatasetListing"
    for name in ("class_names", "channel_names"):
        if not _is_tuple_of(getattr(listing, name), str):
            return f"lists {name} that are no tuple of texts: {getattr(listing, name)!r:.100}"
    for name in ("licence", "reference"):
        if not isinstance(getattr(listing, name), str):
            return f"lists a {name} that is no text: {getattr(listing, name)!r:.100}"
    if not isinstance(listing.multi_label, bool):
        return f"lists multi_label as {listing.multi_label!r:.100}, not as true or false"
    if not isinstance(listing.scans, Sequence) or isinstance(listing.scans, str):
        return f"lists its scans in a {type(listing.scans).__name__}, not in a list or tuple"
    return next(filter(None, map(_source_fault, listing.scans)), "")


def _source_fault(source: Any) -> str:
    if not isinstance(source, ScanSource):
        return f"lists a {type(source).__name__} among its scans, not a ScanSource"
    if not isinstance(source.id, str):
        return f"lists a scan whose id is no text: {source.id!r:.100}"
    if not _is_tuple_of(source.files, Path):
        return f"lists for the scan {source.id!r} files that are no tuple of paths: {source.files!r:.100}"
    fault = _pickle_fault(source.detail)
    return f"lists a scan {source.id!r} whose detail cannot be handed to other threads: {fault}" if fault else ""


def scan_fault(scan: Any) -> str:
    """What is wrong with the types of a scan; an empty text where all is well."""
    if not isinstance(scan, Scan):
        return f"a {type(scan).__name__}, not a Scan"
    for name in ("image", "label"):
        if not isinstance(getattr(scan, name), np.ndarray):
            return f"the {name} is a {type(getattr(scan, name)).__name__}, not a NumPy array"
    for name in ("spacing", "origin", "direction"):
        if not _are_numbers(getattr(scan, name)):
            return f"the {name} is {getattr(scan, name)!r:.100}, not a tuple of numbers"
    if not isinstance(scan.slice_axis, int) or scan.slice_axis not in (0, 1, 2):
        return f"the slice_axis is {scan.slice_axis!r:.100}, not 0, 1 or 2"
    if not _is_tuple_of(scan.warnings, str):
        return f"the warnings are no tuple of sentences: {scan.warnings!r:.100}"
    return ""


def _is_tuple_of(value: Any, kind: type) -> bool:
    return isinstance(value, tuple | list) and all(isinstance(item, kind) for item in value)


def _are_numbers(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return value.ndim == 1 and value.dtype.kind in "fiu"
    return _is_tuple_of(value, (int, float, np.number))  # type: ignore[arg-type]


def _pickle_fault(value: Any) -> str:
    try:
        pickle.dumps(value)
    except Exception as error:  # whatever a stranger's object raises
        return f"{type(error).__name__}: {error!s:.200}"
    return ""
