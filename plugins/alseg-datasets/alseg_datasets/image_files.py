"""Read images without labels, and write volumes, such as predictions, in the geometry of their source."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore import SourceImage
from alseg_datasets.labels import LabelNames
from alseg_datasets.options import ScanOptions
from alseg_datasets.pairs import read_channels, read_label
from alseg_datasets.transform import resample, slices_first
from alseg_datasets.volume import Volume


@dataclass(frozen=True)
class _Place:
    """Where an image lies in its source.

    Args:
        path: its (first) file.
        volume: the image as it lies there.
        array_axis: axis of (z, y, x) that the slices run along.
        stored: millimetres along (slices, rows, columns) after resampling.
    """

    path: Path
    volume: Volume
    array_axis: int
    stored: tuple[float, float, float]


class ImageFiles:
    """A dataset's way with image files; mixed into datasets whose options are :class:`ScanOptions`."""

    options: ScanOptions

    def read_image(self, files: Sequence[Path], slice_axis: int) -> SourceImage:
        """Read one scan without its label, of one file or one file per channel, as conversion does.

        Args:
            files: one file with all channels, or one file per channel; folders of DICOM series too.
            slice_axis: axis of the image (x, y, z = 0, 1, 2) that the slices run along.

        Raises:
            AlsegError: a file is missing, truncated or no image, or files do not fit each other.
        """
        volume = read_channels(files)
        array_axis = 2 - slice_axis
        voxels, spacing = slices_first(volume, array_axis)
        if self.options.spacing is not None:
            voxels, spacing = resample(voxels, spacing, self.options.spacing, linear=True), self.options.spacing
        x, y, z = volume.spacing
        place = _Place(files[0], volume, array_axis, spacing)
        return SourceImage(voxels, spacing, (z, y, x), place, volume.warnings)

    def read_label(
        self, file: Path, image: SourceImage, values: Sequence[Sequence[int]], ignored: Sequence[int] = ()
    ) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
        """Read the label map of an image as it lies in its source, checked as at conversion.

        Args:
            file: the label map.
            image: the image it belongs to.
            values: label values of each class, or of what some classes share.
            ignored: label values of voxels that count nowhere.

        Returns:
            (z, y, x) positions in ``values``, 255 where they count nowhere; and what is odd about the label map.

        Raises:
            AlsegError: the file cannot be read, differs in size from the image, or has another value.
        """
        numbers = {value: number for number, of_class in enumerate(values) for value in of_class}
        found = read_label(file, image.place.path, image.place.volume, LabelNames((), numbers, frozenset(ignored)))
        return found.numbers, found.warnings

    def to_source(self, values: NDArray[np.float32], image: SourceImage) -> NDArray[np.float32]:
        """Bring (slices, k, height, width), such as probabilities, to the source's (k, z, y, x); linearly."""
        place = image.place
        if self.options.spacing is not None:
            size = list(place.volume.voxels.shape[1:])
            size.insert(0, size.pop(place.array_axis))
            spacing = _stored_order(place.volume.spacing, place.array_axis)
            values = resample(values, place.stored, spacing, linear=True, size=(size[0], size[1], size[2]))
        return np.moveaxis(np.moveaxis(values, 1, 0), 1, 1 + place.array_axis)

    def write_volume(self, path: Path, voxels: NDArray[Any], image: SourceImage) -> None:
        """Write (z, y, x) voxels as NIfTI, placed exactly as the source is: sheared, or nowhere, where that is so.

        Raises:
            OSError: it cannot be written.
        """
        from alseg_datasets.nifti import write_nifti

        write_nifti(path, replace(image.place.volume, voxels=voxels[None]))


def _stored_order(spacing: tuple[float, float, float], array_axis: int) -> tuple[float, float, float]:
    """Lengths along (x, y, z) in the order (slices, rows, columns)."""
    lengths = list(spacing[::-1])
    lengths.insert(0, lengths.pop(array_axis))
    return lengths[0], lengths[1], lengths[2]
