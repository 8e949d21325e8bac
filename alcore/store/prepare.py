"""Everything about one scan that can be done beside others: read, check, measure, hash."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.contracts import Dataset
from alcore.errors import AlsegError
from alcore.scans import DatasetListing, ScanSource
from alcore.store.checks import check_scan, describe
from alcore.store.info import Geometry, ScanRecord, SourceFile
from alcore.store.statistics import intensity_statistics


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


def source_files(source: ScanSource) -> tuple[SourceFile, ...]:
    """Name and hash of each file of a scan.

    Raises:
        AlsegError: a file is missing or cannot be read.
    """
    return tuple(SourceFile(file.name, _file_sha256(file, source)) for file in source.files)


def prepare(
    dataset: Dataset,
    listing: DatasetListing,
    source: ScanSource,
    recipe: str,
    files: tuple[SourceFile, ...],
    *,
    allow_empty: bool,
) -> PreparedScan:
    """Read one scan and all that the store keeps about it.

    Args:
        dataset: reads the scan.
        listing: what the dataset contains.
        source: the scan.
        recipe: see :func:`alcore.store.recipe.recipe_of`.
        files: see :func:`source_files`.
        allow_empty: whether the scan may be without foreground.

    Raises:
        AlsegError: a file is missing or unreadable, or the scan breaks a rule of :mod:`alcore.store.checks`.
    """
    scan = dataset.read_scan(source)
    counts = check_scan(scan, source, listing, allow_empty=allow_empty)
    image, label = _native(scan.image), _native(scan.label)
    geometry = Geometry(
        spacing=scan.spacing,
        origin=tuple(scan.origin),
        direction=tuple(scan.direction),
        slice_axis=scan.slice_axis,
        files=files,
        recipe=recipe,
    )
    n_slices, _, height, width = image.shape
    image_sha256 = array_sha256(image)
    record = ScanRecord(
        id=source.id,
        split=source.split,
        n_slices=n_slices,
        height=height,
        width=width,
        spacing=geometry.spacing,
        statistics=intensity_statistics(image),
        class_voxels=counts.voxels,
        foreground_slices=counts.foreground_slices,
        content=content_sha256(image_sha256, array_sha256(label), geometry),
        image_content=image_sha256,
        warnings=scan.warnings,
    )
    return PreparedScan(record, geometry, image, label)


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


def _native(values: NDArray[Any]) -> NDArray[Any]:
    return np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("="))


def _file_sha256(file: Path, source: ScanSource) -> str:
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError as error:
        raise AlsegError(f"{describe(source)}: {file} is missing") from error
    except OSError as error:
        raise AlsegError(f"{describe(source)}: {file} cannot be read: {error.strerror}") from error
