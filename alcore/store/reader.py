"""Read a slice store."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any

import h5py
import numpy as np
from h5py import h5d, h5g
from numpy.typing import NDArray

from alcore.errors import AlsegError
from alcore.store import attributes, format
from alcore.store.confined import damage, open_group, open_slices
from alcore.store.consistency import foreign_value
from alcore.store.images import StoredImages
from alcore.store.info import Geometry, ScanTable, StoreInfo

_OPEN_DATASETS = 1024


class SliceStore:
    """An open slice store, read-only. Opening reads the index alone, whatever the number of scans.

    Slices are read one at a time, each with its checksum verified. Threads may share a store; processes open
    their own.

    Raises:
        AlsegError: from every reading method, where the file is damaged; the scan is named.
    """

    path: Path
    info: StoreInfo
    scans: ScanTable
    image_dtype: np.dtype[Any]
    """A type that holds the images of all scans; a single scan may have a narrower one."""

    def __init__(self, path: Path, file: h5py.File) -> None:
        self.path = path
        self._file = file
        self._n_bytes = path.stat().st_size
        with damage(f"the slice store {path} is damaged: its index cannot be used"):
            index = attributes.read_index(file, self._n_bytes)
        self.info, self.scans, self.image_dtype = index.info, index.table, index.image_dtype
        self._scan_attributes = index.scan_attributes
        self._largest_label = len(self.info.label_space.foreground) if not self.info.label_space.multi_label else 1
        self._dataset = lru_cache(maxsize=_OPEN_DATASETS)(self._open_dataset)

    @classmethod
    def open(cls, path: Path | str) -> "SliceStore":
        """Open the store at ``path``; use it as a context manager or call :meth:`close`.

        Raises:
            AlsegError: there is no file, it is no slice store, of another format version, or damaged.
        """
        path = Path(path)
        file = _open_file(path)
        try:
            _check_format(path, file)
            return cls(path, file)
        except BaseException:
            file.close()
            raise

    def close(self) -> None:
        """Close the file; may be called twice."""
        self._dataset.cache_clear()
        self._file.close()

    def __enter__(self) -> "SliceStore":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def read_image(self, scan: int, position: int) -> NDArray[Any]:
        """Slice ``position`` of scan number ``scan``: (channels, height, width) in the scan's own type."""
        return self._read(scan, format.IMAGE, position)

    def read_label(self, scan: int, position: int) -> NDArray[np.uint8]:
        """Label of a slice: (height, width), or (classes, height, width) for multi-label data."""
        return self._read(scan, format.LABEL, position)

    def read_scan_image(self, scan: int) -> NDArray[Any]:
        """All slices of a scan: (slices, channels, height, width)."""
        return self._read(scan, format.IMAGE, ...)

    def read_scan_label(self, scan: int) -> NDArray[np.uint8]:
        """All labels of a scan: (slices, height, width), or (slices, classes, height, width) for multi-label data."""
        return self._read(scan, format.LABEL, ...)

    def images(self, scans: Iterable[int]) -> StoredImages:
        """The images of some scans, through an object that leads to no label."""
        handles = {}
        for scan in map(int, scans):
            with self._reading(scan):
                handles[scan] = (self.scans.ids[scan], self._open_slices(scan, format.IMAGE))
        return StoredImages(self.path, handles)

    def geometry(self, scan: int) -> Geometry:
        """Where a scan lies in space and which files it came from."""
        with self._reading(scan):
            return attributes.read_geometry(self._group(scan), self._scan_attributes[scan], self._n_bytes)

    def _read(self, scan: int, name: str, selection: Any) -> NDArray[Any]:
        with self._reading(scan):
            values = np.asarray(self._dataset(scan, name)[selection])
            if name == format.LABEL and (foreign := foreign_value(values, self._largest_label)) is not None:
                raise ValueError(f"a label has the value {foreign}, which is no class")
            return values

    def _open_dataset(self, scan: int, name: str) -> h5py.Dataset:
        return h5py.Dataset(self._open_slices(scan, name), readonly=True)

    def _open_slices(self, scan: int, name: str) -> h5d.DatasetID:
        """Open what the index describes: nothing else is read."""
        n_slices, height, width = (
            int(size[scan]) for size in (self.scans.n_slices, self.scans.height, self.scans.width)
        )
        shape: tuple[int, ...]
        if name == format.IMAGE:
            shape, dtype = (n_slices, len(self.info.channel_names), height, width), self.image_dtype
        else:
            layers = self.info.label_space.leading_shape
            shape, dtype = (n_slices, *layers, height, width), np.dtype(np.uint8)
        dataset = open_slices(self._group(scan), name, shape, self._n_bytes)
        if np.result_type(dataset.dtype, dtype) != dtype:
            raise ValueError(f"its {name} has the type {dataset.dtype}, which {dtype} does not hold")
        return dataset

    def _group(self, scan: int) -> h5g.GroupID:
        return open_group(open_group(self._file.id, format.SCANS), self.scans.ids[scan])

    @contextmanager
    def _reading(self, scan: int) -> Iterator[None]:
        if not self._file:
            raise ValueError(f"the slice store {self.path} is closed")
        with damage(f"the slice store {self.path} is damaged: scan {self.scans.ids[scan]!r} cannot be read"):
            yield


def _open_file(path: Path) -> h5py.File:
    try:
        if path.exists() and not path.is_file():  # opening a pipe would wait for ever
            raise AlsegError(f"the slice store {path} cannot be read: it is no file")
        with path.open("rb") as raw:
            signature = raw.read(len(format.HDF5_SIGNATURE))
    except FileNotFoundError as error:
        raise AlsegError(f"there is no slice store at {path}", hint="'alseg data list' shows what there is") from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise AlsegError(f"the slice store {str(path)!r} cannot be read: {reason}") from error
    if signature != format.HDF5_SIGNATURE:
        raise AlsegError(f"{path} is not an alseg slice store", hint="'alseg data list' shows what there is")
    with damage(f"the slice store {path} is damaged"):
        # A store never changes once it is there, so no lock is needed (and some network disks have none).
        # A chunk is a whole slice and random reads rarely meet it again, so the chunk cache would only hold memory.
        return h5py.File(path, "r", locking=False, rdcc_nbytes=0)


def _check_format(path: Path, file: h5py.File) -> None:
    with damage(f"the slice store {path} is damaged"):
        version = attributes.format_version(file, path.stat().st_size)
    if version is None:
        raise AlsegError(f"{path} is not an alseg slice store", hint="'alseg data list' shows what there is")
    if version != format.FORMAT_VERSION:
        raise AlsegError(
            f"the slice store {path} has format version {version}; this alseg reads {format.FORMAT_VERSION}",
            hint="convert the dataset again: alseg data convert --force",
        )
