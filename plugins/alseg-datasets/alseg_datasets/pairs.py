"""The one door for images and label maps: conversion, evaluation and prediction read and check them here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from alcore import AlsegError, Scan
from alseg_datasets.images import is_picture, read_volume
from alseg_datasets.label_file import read_label_file
from alseg_datasets.labels import LabelNames, class_numbers
from alseg_datasets.options import ScanOptions
from alseg_datasets.orientation import turn_onto, turned
from alseg_datasets.transform import Labelling, Lengths, file_order, to_scan
from alseg_datasets.volume import Volume, geometry_difference


@dataclass(frozen=True)
class LabelMap:
    """A label map as it lies over its image.

    Args:
        numbers: (z, y, x) of the image, what is stored for each voxel.
        warnings: what is odd about it though it can be used.
    """

    numbers: NDArray[np.uint8]
    warnings: tuple[str, ...]


def read_pair(
    images: Sequence[Path], label: Path, labels: LabelNames, options: ScanOptions, spacing: Lengths | None = None
) -> Scan:
    """Read one scan.

    Args:
        images: one file with all channels, or one file per channel.
        label: the label map.
        labels: what its values mean.
        options: what becomes of the scan.
        spacing: millimetres along (slices, rows, columns) of files that may not tell them; other files must agree.

    Raises:
        AlsegError: see :func:`read_channels` and :func:`read_label`.
    """
    stated = file_order(spacing, 2 - "xyz".index(options.slice_axis)) if spacing else None
    image = read_channels(images, stated)
    found = read_label(label, images[0], image, labels, stated)
    labelling = Labelling(labels.names, options, labels.shared)
    return to_scan(image, found.numbers, labelling, options, image.warnings + found.warnings)


def read_channels(paths: Sequence[Path], stated: Lengths | None = None) -> Volume:
    """Read an image of one file, or of one file per channel; its warnings say that they are about the image.

    Args:
        paths: the files.
        stated: millimetres along (x, y, z) of files that may not tell them.

    Raises:
        AlsegError: a file cannot be read, has voxels that no model can compute with, or does not fit the others.
    """
    volumes = [_placed(path, read_volume(path), stated) for path in paths]
    for path, volume in zip(paths, volumes, strict=True):
        _check_intensities(path, volume)
    first = volumes[0]
    for path, volume in zip(paths[1:], volumes[1:], strict=True):
        for file, one in ((paths[0], first), (path, volume)):
            if len(one.voxels) != 1:
                raise AlsegError(f"{file} has {len(one.voxels)} channels; a file per channel must have 1")
        if volume.voxels.shape != first.voxels.shape:
            raise AlsegError(f"{paths[0]} and {path} differ in size: {_size(first)} and {_size(volume)} voxels")
        difference = geometry_difference(first, volume)
        if difference:
            raise AlsegError(f"{paths[0]} and {path} are of one scan but differ in {difference}")
    odd = dict.fromkeys(warning for volume in volumes for warning in volume.warnings)
    if first.sheared:
        odd["the axes are not at right angles, and distances are measured as if they were"] = None
    voxels = np.concatenate([volume.voxels for volume in volumes]) if len(volumes) > 1 else first.voxels
    return replace(first, voxels=voxels, warnings=tuple(f"image: {warning}" for warning in odd))


def read_label(
    path: Path, image_path: Path, image: Volume, labels: LabelNames, stated: Lengths | None = None
) -> LabelMap:
    """Read the label map of an image.

    A label map whose voxels lie where the image's do, though its axes run in other directions, is turned.

    Args:
        path: the label map.
        image_path: the image's (first) file, for messages.
        image: the image.
        labels: what the values of the label map mean.
        stated: millimetres along (x, y, z) of files that may not tell them.

    Raises:
        AlsegError: the file cannot be read, has several channels or another size than the image, or a value that is no
            whole number or has no name.
    """
    label = _placed(path, read_label_file(path), stated)
    warnings = [f"label: {warning}" for warning in label.warnings]
    difference = geometry_difference(image, label)
    turn = turn_onto(label, image) if difference else np.eye(3)
    if turn is None:
        warnings.append(f"image and label differ in {difference}")
    elif not np.array_equal(turn, np.eye(3)):
        warnings.append("the label's axes run in other directions than the image's, and were turned as its header says")
        label = turned(label, turn)
    if label.voxels.shape[1:] != image.voxels.shape[1:]:
        raise AlsegError(f"{image_path} and {path} differ in size: {_size(image)} and {_size(label)} voxels")
    return LabelMap(class_numbers(label.voxels[0], labels.stored, path), tuple(warnings))


def _placed(path: Path, volume: Volume, stated: Lengths | None) -> Volume:
    """Check where a volume lies, and take over the spacing that is stated where it tells none."""
    if not np.isfinite(volume.affine).all() or min(volume.spacing) <= 0:
        raise AlsegError(f"{path} has no usable spacing, origin and direction: {volume.spacing} mm at {volume.origin}")
    if stated is None or np.allclose(stated, volume.spacing, rtol=0, atol=1e-3):
        return volume
    if not is_picture(path):
        raise AlsegError(f"{path} has the spacing {volume.spacing} mm along (x, y, z), not {stated}, as is stated")
    return replace(volume, spacing=stated)


def _check_intensities(path: Path, volume: Volume) -> None:
    kind = volume.voxels.dtype
    if kind.kind not in "iuf" or kind.itemsize > 8:
        raise AlsegError(f"{path} has voxels of the type {kind}, not whole or real numbers of up to 64 bits")
    if volume.indexed:
        raise AlsegError(
            f"{path} holds positions in a palette of colours, which are no intensities",
            hint="save it in grey values or RGB; label maps may have a palette",
        )


def _size(volume: Volume) -> str:
    return "x".join(map(str, volume.voxels.shape[:0:-1]))
