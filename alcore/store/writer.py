"""Write a slice store: whole or not at all, by one process at a time."""

import os
import re
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from alcore.errors import AlsegError
from alcore.files import PatientFile, disk_errors, make_folder, sync
from alcore.interrupts import interrupts_wait
from alcore.locks import held
from alcore.store import attributes, format
from alcore.store.early_sync import EarlySync
from alcore.store.info import Geometry, ScanRecord, ScanTable, StoreInfo

_MOST_ATTRIBUTES = 32


class StoreExistsError(AlsegError):
    """There is a store already, and it was not to be replaced."""


def check_free(target: Path, overwrite: bool) -> None:
    """Check that no store is in the way.

    Raises:
        StoreExistsError: there is one, and it is not to be replaced.
        AlsegError: no file can be there.
    """
    with disk_errors(target):
        exists = target.exists()
    if exists and not overwrite:
        raise StoreExistsError(f"{target} exists already", hint="--force replaces it")


@dataclass(frozen=True)
class PreparedScan:
    """A scan that is ready to be written.

    Args:
        record: its row of the index.
        geometry: where it lies, which files it came from and how.
        image: (slices, channels, height, width).
        label: (slices, height, width), or (slices, classes, height, width) for multi-label data.
    """

    record: ScanRecord
    geometry: Geometry
    image: NDArray[Any]
    label: NDArray[np.uint8]


class StoreWriter:
    """Writes one store, as a context manager: :meth:`add` scans, then :meth:`commit`.

    Scans go to a temporary file beside the target, which :meth:`commit` renames; leaving without a commit removes it,
    and the target stays as it was. HDF5 writes through a Python file, so interrupts wait until it has written.

    Args:
        target: where the store is to be.
        overwrite: whether a store that is there already is replaced.
        wait: seconds to wait while another process writes to the same target.

    Raises:
        AlsegError: on entering, the folder cannot be written, another process is writing, or (as
            :class:`StoreExistsError`) the target exists; later, the disk is full.
    """

    def __init__(self, target: Path, *, overwrite: bool, wait: float = 0.0) -> None:
        self.target = target
        self._overwrite = overwrite
        self._wait = wait
        self._lock = ExitStack()
        self._temporary = target.with_name(f".{target.name}.{os.getpid()}.partial")
        self._records: list[ScanRecord] = []
        self._scan_attributes: list[str] = []
        self._image_types: set[np.dtype[Any]] = set()

    def __enter__(self) -> "StoreWriter":
        make_folder(self.target.parent)
        lock = self.target.with_name(f".{self.target.name}.lock")
        self._lock.enter_context(held(lock, f"writing {self.target} at this moment", wait=self._wait))
        try:
            check_free(self.target, self._overwrite)
            with disk_errors(self.target):
                self._remove_leftovers()
                self._create()
        except BaseException:
            self._lock.close()
            raise
        return self

    @interrupts_wait()
    def _create(self) -> None:
        oldest_and_newest = (format.HDF5_VERSION, format.HDF5_VERSION)
        self._raw = PatientFile(self._temporary, "x+b")
        self._early_sync = EarlySync(self._raw)
        self._file = h5py.File(self._raw, "w", libver=oldest_and_newest)
        self._scans = self._file.create_group(format.SCANS)

    @interrupts_wait()
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._file.close()
            self._early_sync.close()
            self._raw.close()
            with suppress(
                OSError
            ):  # a disk that refuses this has refused more, which is told; the next start removes it
                self._temporary.unlink(missing_ok=True)
        finally:
            self._lock.close()

    @interrupts_wait()
    def add(self, scan: PreparedScan) -> None:
        """Write one scan; scans keep the order in which they are added.

        Raises:
            AlsegError: the disk is full or fails.
        """
        record = scan.record
        with disk_errors(self.target):
            group = _create_group(self._scans, record.id)
            for name, values in ((format.IMAGE, scan.image), (format.LABEL, scan.label)):
                group.create_dataset(name, data=values, chunks=(1, *values.shape[1:]), fletcher32=True)
            self._scan_attributes.append(attributes.write_scan(group, scan.geometry, record))
            self._raw.check()
            self._early_sync.advance()
        self._records.append(record)
        self._image_types.add(scan.image.dtype)

    def table(self) -> ScanTable:
        """The index of the scans added so far."""
        return ScanTable.from_records(self._records)

    @interrupts_wait()
    def commit(self, info: StoreInfo) -> None:
        """Finish the file and put it in its place.

        Raises:
            AlsegError: the disk is full or fails.
        """
        with disk_errors(self.target):
            image_dtype = np.result_type(*self._image_types)
            index = attributes.Index(info, self.table(), image_dtype, tuple(self._scan_attributes))
            attributes.write_index(self._file, index)
            self._file.close()
            self._raw.check()
            self._early_sync.finish()
            sync(self._temporary)
            self._temporary.replace(self.target)
            sync(self.target.parent)

    def _remove_leftovers(self) -> None:
        """Remove what a killed conversion left behind; nobody else writes while the lock is held."""
        leftover = re.compile(rf"\.{re.escape(self.target.name)}\.\d+\.partial")
        for path in list(self.target.parent.iterdir()):
            if leftover.fullmatch(path.name):
                path.unlink()


def _create_group(parent: h5py.Group, name: str) -> h5py.Group:
    """Create a group that keeps its attributes in its header.

    HDF5 would move more than eight into a tree of their own, which takes several times as long to write and to read.
    """
    links = h5py.h5p.create(h5py.h5p.LINK_CREATE)
    links.set_char_encoding(h5py.h5t.CSET_UTF8)
    creation = h5py.h5p.create(h5py.h5p.GROUP_CREATE)
    creation.set_attr_phase_change(_MOST_ATTRIBUTES, _MOST_ATTRIBUTES - 1)
    return h5py.Group(h5py.h5g.create(parent.id, name.encode(), links, creation))
