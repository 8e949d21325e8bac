"""Everything about one scan that can be done beside others: read, check, measure, hash."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.contracts import Dataset
from alcore.conversion.checks import check_scan, describe
from alcore.conversion.statistics import intensity_statistics
from alcore.errors import AlsegError
from alcore.scans import DatasetListing, ScanSource
from alcore.store.hashes import array_sha256, content_sha256
from alcore.store.info import Geometry, ScanRecord, SourceFile
from alcore.store.writer import PreparedScan


def source_files(source: ScanSource) -> tuple[SourceFile, ...]:
    """Name and hash of each file of a scan.

    Raises:
        AlsegError: a file is missing, a pipe or a device, or cannot be read.
    """
    return tuple(SourceFile(file.name, _file_sha256(file, source)) for file in source.files)


def prepare(
    dataset: Dataset,
    listing: DatasetListing,
    source: ScanSource,
    recipe: str,
    *,
    allow_empty: bool,
) -> PreparedScan:
    """Read one scan and all that the store keeps about it.

    Args:
        dataset: reads the scan.
        listing: what the dataset contains.
        source: the scan.
        recipe: see :func:`alcore.conversion.recipe.recipe_of`.
        allow_empty: whether the scan may be without foreground.

    Raises:
        AlsegError: a file is missing or unreadable, or the scan breaks a rule of :mod:`alcore.conversion.checks`.
    """
    scan = dataset.read_scan(source)
    counts = check_scan(scan, source, listing, allow_empty=allow_empty)
    image, label = _native(scan.image), _native(scan.label)
    geometry = Geometry(
        spacing=scan.spacing,
        origin=tuple(scan.origin),
        direction=tuple(scan.direction),
        slice_axis=scan.slice_axis,
        files=source_files(source),  # once they are known to be files that end
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
        group=source.group,
    )
    return PreparedScan(record, geometry, image, label)


def _native(values: NDArray[Any]) -> NDArray[Any]:
    return np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("="))


def _file_sha256(file: Path, source: ScanSource) -> str:
    if file.exists() and not file.is_file():
        raise AlsegError(f"{describe(source)}: {file} is no regular file")
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError as error:
        raise AlsegError(f"{describe(source)}: {file} is missing") from error
    except OSError as error:
        raise AlsegError(f"{describe(source)}: {file} cannot be read: {error.strerror}") from error
