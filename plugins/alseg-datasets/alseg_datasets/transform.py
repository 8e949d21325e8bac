"""Bring a volume and its label into the form that a dataset's options ask for."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore import AlsegError, Scan
from alseg_datasets.options import LabelOptions, ScanOptions
from alseg_datasets.volume import Volume

_BACKGROUND = 0
_IGNORED = 255


class Labelling:
    """Which classes a dataset has once its options have been applied.

    Args:
        names: the dataset's own classes, background first.
        options: the dataset's options.

    Raises:
        AlsegError: ``options.classes`` names a class that the dataset lacks.
    """

    def __init__(self, names: Sequence[str], options: LabelOptions) -> None:
        kept = list(options.classes or names[1:])
        for name in kept:
            if name not in names[1:]:
                raise AlsegError(
                    f"option 'classes': the dataset has no foreground class {name!r}",
                    hint=f"its foreground classes are: {', '.join(names[1:])}",
                )
        foreground = [" + ".join(kept)] if options.merge_foreground else kept
        self.multi_label = options.multi_label
        self.class_names = tuple(foreground) if self.multi_label else (names[0], *foreground)
        self._n_foreground = len(foreground)
        self._table = np.zeros(256, np.uint8)
        self._table[_IGNORED] = _IGNORED
        for number, name in enumerate(kept, start=1):
            self._table[list(names).index(name, 1)] = 1 if options.merge_foreground else number
        self._is_identity = np.array_equal(self._table[: len(names)], np.arange(len(names)))

    def apply(self, label: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Map class numbers of shape (slices, height, width) to the label that is stored."""
        if not self._is_identity:
            label = self._table[label]
        if not self.multi_label:
            return label
        numbers = np.arange(1, self._n_foreground + 1, dtype=np.uint8)[:, None, None]
        binary = (label[:, None] == numbers).astype(np.uint8)
        return np.where(label[:, None] == _IGNORED, np.uint8(_IGNORED), binary)


def to_scan(
    image: Volume, label: NDArray[np.uint8], labelling: Labelling, options: ScanOptions, warnings: tuple[str, ...] = ()
) -> Scan:
    """Turn a volume and its class numbers, (z, y, x), into a scan with the slices first.

    Along another slice axis than z, rows and columns are the other two axes in the order z, y, x.
    """
    axis = "xyz".index(options.slice_axis)
    array_axis = 2 - axis
    spacing = list(image.spacing[::-1])
    spacing.insert(0, spacing.pop(array_axis))
    voxels = np.moveaxis(np.moveaxis(image.voxels, 1 + array_axis, 1), 0, 1)
    label = np.moveaxis(label, array_axis, 0)
    if options.spacing is not None:
        voxels, label, spacing = _resample(voxels, label, spacing, options.spacing)
    return Scan(
        image=voxels,
        label=labelling.apply(label),
        spacing=(float(spacing[0]), float(spacing[1]), float(spacing[2])),
        origin=image.origin,
        direction=tuple(float(value) for value in image.direction.ravel()),
        slice_axis=axis,
        warnings=warnings,
    )


def _resample(
    image: NDArray[Any], label: NDArray[np.uint8], old: Sequence[float], new: Sequence[float]
) -> tuple[NDArray[Any], NDArray[np.uint8], list[float]]:
    """Resample (slices, channels, height, width) and (slices, height, width); the first voxel stays where it is."""
    from scipy import ndimage  # slow to import, and few resample

    shape = tuple(
        max(1, math.floor((n - 1) * before / after) + 1) for n, before, after in zip(label.shape, old, new, strict=True)
    )
    steps = [after / before for before, after in zip(old, new, strict=True)]
    channels = [
        ndimage.affine_transform(
            image[:, channel].astype(np.float32), steps, output_shape=shape, order=1, mode="nearest"
        )
        for channel in range(image.shape[1])
    ]
    resampled = np.stack(channels, axis=1)
    if image.dtype.kind in "iu":
        resampled = np.rint(resampled).astype(image.dtype)
    nearest = ndimage.affine_transform(label, steps, output_shape=shape, order=0, mode="nearest")
    return resampled, nearest, list(new)
