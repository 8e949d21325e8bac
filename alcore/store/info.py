"""What a slice store says about itself and its scans: values, read once when a store is opened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.labels import LabelSpace
from alcore.scans import Split


@dataclass(frozen=True)
class StoreInfo:
    """What a store says about itself.

    Args:
        dataset: the dataset's name.
        class_names: single-label data: background first; multi-label data: one per class, none of them background.
        channel_names: one per image channel.
        multi_label: whether a voxel may belong to several classes.
        synthetic: whether the images were generated, not measured.
        licence: licence of the data; empty where unknown.
        reference: source of the data; empty where unknown.
        distribution: the distribution whose plugin read the data.
        version: that distribution's version.
        options: the dataset's options.
        conversion: options of the conversion itself (``test_fraction``, ``allow_empty``).
        fingerprint: sha256 over the content of all scans, their splits, and everything above but the licence,
            the reference and the plugin; equal for equal data however and wherever they were converted.
        format_version: version of the file format.
        label_values: for background (of multi-label data too) and each foreground class the values of the source's
            label maps that it was made of; empty where they are the class numbers, or there are no label maps.
        ignored_values: values of the source's label maps whose voxels count nowhere.
    """

    dataset: str
    class_names: tuple[str, ...]
    channel_names: tuple[str, ...]
    multi_label: bool
    synthetic: bool
    licence: str
    reference: str
    distribution: str
    version: str
    options: Mapping[str, Any]
    conversion: Mapping[str, Any]
    fingerprint: str
    format_version: int
    label_values: tuple[tuple[int, ...], ...] = ()
    ignored_values: tuple[int, ...] = ()

    @cached_property
    def label_space(self) -> LabelSpace:
        """What the classes are."""
        return LabelSpace(self.class_names, self.multi_label)


@dataclass(frozen=True)
class ScanRecord:
    """What the index keeps of one scan: a row of :class:`ScanTable`, whose columns say what each value means."""

    id: str
    split: Split
    n_slices: int
    height: int
    width: int
    spacing: tuple[float, float, float]
    statistics: Mapping[str, NDArray[np.float64]]
    class_voxels: NDArray[np.int64]
    foreground_slices: int
    content: str
    image_content: str
    warnings: tuple[str, ...]
    group: str = ""


@dataclass(frozen=True)
class ScanTable:
    """One entry per scan, in the dataset's order.

    Args:
        ids: identifiers, unique.
        split: (n,) ``train``, ``validation`` or ``test``.
        n_slices: (n,) number of slices.
        height: (n,) rows of a slice.
        width: (n,) columns of a slice.
        spacing: (n, 3) millimetres along (slices, rows, columns).
        statistics: intensity statistics by name (``alcore.store.format.STATISTIC_NAMES``), each (n, channels).
        class_voxels: (n, classes) voxels of each class; ignored voxels count nowhere.
        foreground_slices: (n,) slices with at least one foreground voxel.
        content: (n,) sha256 of image, label and geometry.
        image_content: (n,) sha256 of the image alone: equal for duplicates.
        warnings: what the dataset found odd about each scan.
        groups: whom each scan shows, such as the patient; empty where it is a group of its own.
    """

    ids: tuple[str, ...]
    split: NDArray[np.str_]
    n_slices: NDArray[np.int32]
    height: NDArray[np.int32]
    width: NDArray[np.int32]
    spacing: NDArray[np.float64]
    statistics: Mapping[str, NDArray[np.float64]]
    class_voxels: NDArray[np.int64]
    foreground_slices: NDArray[np.int32]
    content: tuple[str, ...]
    image_content: tuple[str, ...]
    warnings: tuple[tuple[str, ...], ...]
    groups: tuple[str, ...]

    @classmethod
    def from_records(cls, records: Sequence[ScanRecord]) -> "ScanTable":
        """Turn rows into columns."""
        return cls(
            ids=tuple(record.id for record in records),
            split=np.array([record.split for record in records], dtype=np.str_),
            n_slices=np.array([record.n_slices for record in records], np.int32),
            height=np.array([record.height for record in records], np.int32),
            width=np.array([record.width for record in records], np.int32),
            spacing=np.array([record.spacing for record in records], np.float64),
            statistics={
                name: np.stack([record.statistics[name] for record in records]) for name in records[0].statistics
            },
            class_voxels=np.stack([record.class_voxels for record in records]),
            foreground_slices=np.array([record.foreground_slices for record in records], np.int32),
            content=tuple(record.content for record in records),
            image_content=tuple(record.image_content for record in records),
            warnings=tuple(record.warnings for record in records),
            groups=tuple(record.group for record in records),
        )

    def __len__(self) -> int:
        return len(self.ids)

    def indices(self, split: Split) -> NDArray[np.int64]:
        """Indices of the scans of one split, in order."""
        return np.flatnonzero(self.split == split)


@dataclass(frozen=True)
class SourceFile:
    """A file that a scan was read from: its name, without folders, and the sha256 of its bytes."""

    name: str
    sha256: str


@dataclass(frozen=True)
class Geometry:
    """Where a scan lies in space, and which files it came from and how.

    Args:
        spacing: millimetres along (slices, rows, columns).
        origin: position of the first voxel in millimetres, ITK's order, LPS convention; empty where unknown.
        direction: direction cosines, row by row as ITK gives them; empty where unknown.
        slice_axis: axis of the source image (x, y, z = 0, 1, 2) that the slices run along.
        files: the source files.
        recipe: hash of how the scan was made from them, see :func:`alcore.conversion.recipe.recipe_of`.
    """

    spacing: tuple[float, float, float]
    origin: tuple[float, ...]
    direction: tuple[float, ...]
    slice_axis: int
    files: tuple[SourceFile, ...] = field(default=())
    recipe: str = ""
