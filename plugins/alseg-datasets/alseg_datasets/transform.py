"""Bring a volume and its label into the form that a dataset's options ask for."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore import IGNORED, AlsegError, Scan
from alseg_datasets.options import LabelOptions, ScanOptions
from alseg_datasets.volume import Volume

Lengths = tuple[float, float, float]

_LONGEST_MERGED = 60


class Labelling:
    """Which classes a dataset has once its options have been applied.

    Where classes that are left share voxels, the dataset is multi-label.

    Args:
        names: the dataset's own classes, background first.
        options: the dataset's options.
        shared: the classes of each number beyond them, see :class:`LabelNames`.

    Raises:
        AlsegError: ``options.classes`` names a class that the dataset lacks.
    """

    def __init__(self, names: Sequence[str], options: LabelOptions, shared: Sequence[Sequence[int]] = ()) -> None:
        kept = list(options.classes or names[1:])
        for name in kept:
            if name not in names[1:]:
                raise AlsegError(
                    f"option 'classes': the dataset has no foreground class {name!r}",
                    hint=f"its foreground classes are: {', '.join(names[1:])}",
                )
        foreground = [_merged(kept)] if options.merge_foreground else kept
        self._members = np.zeros((256, len(foreground)), np.uint8)
        for number, name in enumerate(kept):
            own = list(names).index(name, 1)
            numbers = [own, *(len(names) + k for k, classes in enumerate(shared) if own in classes)]
            self._members[numbers, 0 if options.merge_foreground else number] = 1
        self.multi_label = options.multi_label or bool((self._members.sum(axis=1) > 1).any())
        self.class_names = tuple(foreground) if self.multi_label else (names[0], *foreground)
        self._table = self._members @ np.arange(1, len(foreground) + 1, dtype=np.uint8)
        self._members[IGNORED] = self._table[IGNORED] = IGNORED
        used = len(names) + len(shared)
        self._is_identity = np.array_equal(self._table[:used], np.arange(used))

    def values(self, numbers: Mapping[int, int]) -> tuple[tuple[int, ...], ...]:
        """For background and each foreground class that is left, the label values that it is made of, ascending.

        Args:
            numbers: the dataset's own number by label value.
        """
        left = {value: self._members[number].astype(bool) for value, number in sorted(numbers.items())}
        background = tuple(value for value, members in left.items() if not members.any())
        n_foreground = self._members.shape[1]
        return (background, *(tuple(value for value in left if left[value][k]) for k in range(n_foreground)))

    def apply(self, label: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Map numbers of shape (slices, height, width) to the label that is stored."""
        if self.multi_label:
            return np.moveaxis(self._members[label], -1, 1)
        return label if self._is_identity else self._table[label]


def _merged(names: Sequence[str]) -> str:
    """The name of all ``names`` together."""
    together = " + ".join(names)
    return together if len(together) <= _LONGEST_MERGED else "foreground"


def to_scan(
    image: Volume, label: NDArray[np.uint8], labelling: Labelling, options: ScanOptions, warnings: tuple[str, ...] = ()
) -> Scan:
    """Turn a volume and its class numbers, (z, y, x), into a scan with the slices first.

    Along another slice axis than z, rows and columns are the other two axes in the order z, y, x.
    """
    axis = "xyz".index(options.slice_axis)
    array_axis = 2 - axis
    voxels, spacing = slices_first(image, array_axis)
    label = np.moveaxis(label, array_axis, 0)
    if options.spacing is not None:
        label = resample(label[:, None], spacing, options.spacing, linear=False)[:, 0]
        voxels, spacing = resample(voxels, spacing, options.spacing, linear=True), options.spacing
    return Scan(
        image=voxels,
        label=labelling.apply(label),
        spacing=spacing,
        origin=image.origin,
        direction=tuple(float(value) for value in image.direction.ravel()),
        slice_axis=axis,
        warnings=warnings,
    )


def slices_first(image: Volume, array_axis: int) -> tuple[NDArray[Any], Lengths]:
    """Voxels (slices, channels, height, width) of a volume, and millimetres along (slices, rows, columns).

    Args:
        image: the volume.
        array_axis: axis of (z, y, x) that the slices run along.
    """
    spacing = list(image.spacing[::-1])
    spacing.insert(0, spacing.pop(array_axis))
    voxels = np.moveaxis(np.moveaxis(image.voxels, 1 + array_axis, 1), 0, 1)
    return voxels, (float(spacing[0]), float(spacing[1]), float(spacing[2]))


def file_order(lengths: Lengths, array_axis: int) -> Lengths:
    """Lengths along (slices, rows, columns) in the order (x, y, z)."""
    ordered = list(lengths[1:])
    ordered.insert(array_axis, lengths[0])
    return ordered[2], ordered[1], ordered[0]


def resample(
    values: NDArray[Any], old: Lengths, new: Lengths, *, linear: bool, size: tuple[int, int, int] | None = None
) -> NDArray[Any]:
    """Resample (slices, channels, height, width) linearly or by the nearest voxel; the first voxel stays where it is.

    Args:
        values: the voxels; whole numbers stay whole.
        old: their spacing.
        new: the spacing that is wanted.
        linear: see above.
        size: slices, rows and columns of the result; as many as fit by default.
    """
    from scipy import ndimage  # slow to import, and few resample

    lengths = (values.shape[0], *values.shape[2:])
    shape = size or tuple(
        max(1, math.floor((n - 1) * before / after) + 1) for n, before, after in zip(lengths, old, new, strict=True)
    )
    steps = [after / before for before, after in zip(old, new, strict=True)]
    channels = [
        ndimage.affine_transform(
            values[:, channel].astype(np.float32) if linear else values[:, channel],
            steps,
            output_shape=shape,
            order=1 if linear else 0,
            mode="nearest",
        )
        for channel in range(values.shape[1])
    ]
    resampled = np.stack(channels, axis=1)
    return np.rint(resampled).astype(values.dtype) if values.dtype.kind in "iu" else resampled
