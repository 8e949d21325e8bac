"""Read an image, of one file or one file per channel, together with its label map."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from alcore import AlsegError, Scan
from alseg_datasets.images import read_volume
from alseg_datasets.labels import LabelNames, class_numbers
from alseg_datasets.options import ScanOptions
from alseg_datasets.transform import Labelling, to_scan
from alseg_datasets.volume import Volume, geometry_difference


def read_pair(images: Sequence[Path], label: Path, labels: LabelNames, options: ScanOptions) -> Scan:
    """Read one scan.

    Args:
        images: one file with all channels, or one file per channel.
        label: the label map.
        labels: what its values mean.
        options: what becomes of the scan.

    Raises:
        AlsegError: a file is missing, truncated or no image, files do not fit each other, or a label value has no name.
    """
    image = read_channels(images)
    label_map = read_volume(label)
    if len(label_map.voxels) != 1:
        raise AlsegError(f"{label}: the label has {len(label_map.voxels)} channels, not 1")
    if image.voxels.shape[1:] != label_map.voxels.shape[1:]:
        sizes = f"{_size(image)} and {_size(label_map)}"
        raise AlsegError(f"{images[0]} and {label} differ in size: {sizes} voxels")
    difference = geometry_difference(image, label_map)
    odd = (f"image and label differ in {difference}",) if difference else ()
    warnings = (*odd, *image.warnings, *(f"label: {warning}" for warning in label_map.warnings))
    numbers = class_numbers(label_map.voxels[0], labels.numbers, label)
    return to_scan(image, numbers, Labelling(labels.names, options), options, warnings)


def read_channels(paths: Sequence[Path]) -> Volume:
    """Read an image of one file, or of one file per channel.

    Raises:
        AlsegError: a file cannot be read, or the files do not fit each other.
    """
    volumes = [read_volume(path) for path in paths]
    for path, volume in zip(paths, volumes, strict=True):
        if volume.indexed:
            raise AlsegError(
                f"{path} holds positions in a palette of colours, which are no intensities",
                hint="save it in grey values or RGB; label maps may have a palette",
            )
    first = volumes[0]
    if len(volumes) == 1:
        return first
    for path, volume in zip(paths, volumes, strict=True):
        if len(volume.voxels) != 1:
            raise AlsegError(f"{path} has {len(volume.voxels)} channels; a file per channel must have 1")
        if volume.voxels.shape != first.voxels.shape:
            raise AlsegError(f"{paths[0]} and {path} differ in size: {_size(first)} and {_size(volume)} voxels")
        difference = geometry_difference(first, volume)
        if difference:
            raise AlsegError(f"{paths[0]} and {path} are of one scan but differ in {difference}")
    warnings = tuple(dict.fromkeys(warning for volume in volumes for warning in volume.warnings))
    return replace(first, voxels=np.concatenate([volume.voxels for volume in volumes]), warnings=warnings)


def _size(volume: Volume) -> str:
    return "x".join(map(str, volume.voxels.shape[:0:-1]))
