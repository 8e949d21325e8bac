"""Scans as a dataset plugin gives them, before they enter a slice store."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Split = Literal["train", "validation", "test"]

SPLITS: tuple[Split, ...] = ("train", "validation", "test")


@dataclass(frozen=True)
class ScanSource:
    """Where one scan comes from, known without reading it.

    Args:
        id: unique within the dataset; any text without a slash.
        files: the files it is read from, for provenance (their sha256 is stored); empty for a generated scan.
        split: ``train``, ``validation`` or ``test``.
        detail: whatever else the dataset needs to read it; must be picklable, since worker processes read scans.
        group: whom it shows, such as the patient: scans of one group belong to one split. Empty where nothing is
            known; such a scan is a group of its own.
    """

    id: str
    files: tuple[Path, ...]
    split: Split
    detail: Any = None
    group: str = ""


@dataclass(frozen=True)
class DatasetListing:
    """What a dataset contains, known without reading a scan.

    Args:
        class_names: single-label data: all classes, background first; multi-label data: one name per class, none of
            them background.
        channel_names: one per image channel (modalities, colours).
        scans: the scans, in a stable order.
        multi_label: whether a voxel may belong to several classes.
        licence: licence of the data, if known.
        reference: where the data comes from, if known.
        label_values: for background (of multi-label data too) and each foreground class the values of its source's
            label maps that it was made of, that of predictions first; empty where the source has no label maps, or
            their values are the class numbers.
        ignored_values: values of its source's label maps whose voxels count nowhere.
    """

    class_names: tuple[str, ...]
    channel_names: tuple[str, ...]
    scans: Sequence[ScanSource]
    multi_label: bool = False
    licence: str = ""
    reference: str = ""
    label_values: tuple[tuple[int, ...], ...] = ()
    ignored_values: tuple[int, ...] = ()


@dataclass(frozen=True)
class SourceSketch:
    """A first description of a folder, which ``alseg data init`` writes if it converts.

    Args:
        path: the file that it is to be.
        text: what is written.
        remarks: what was found and what is left out, for a person; one line each.
    """

    path: Path
    text: str
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class SourceImage:
    """An image without its label, read from files, in the form that a store holds scans in.

    Args:
        image: (slices, channels, height, width), an integer or float type.
        spacing: millimetres along (slices, rows, columns).
        source_spacing: millimetres along (z, y, x) of the source.
        place: what the dataset that read it needs to write volumes in the geometry of its source.
        warnings: what is odd about the image though it can be used, one sentence each.
    """

    image: NDArray[Any]
    spacing: tuple[float, float, float]
    source_spacing: tuple[float, float, float]
    place: Any
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scan:
    """One 3D image with its labels, slices first.

    Args:
        image: (slices, channels, height, width), an integer or float type.
        label: single-label (slices, height, width), multi-label (slices, classes, height, width); uint8.
        spacing: millimetres along (slices, rows, columns).
        origin: position of the first voxel in millimetres, in ITK's order and LPS convention; empty where unknown.
        direction: the direction cosines, row by row as ITK gives them; empty where unknown.
        slice_axis: which axis of the source image (in ITK's order x, y, z = 0, 1, 2) the slices run along.
        warnings: what is odd about the scan though it can be used, one sentence each; shown by ``alseg data info``.
    """

    image: NDArray[Any]
    label: NDArray[np.uint8]
    spacing: tuple[float, float, float] = (1.0, 1.0, 1.0)
    origin: tuple[float, ...] = ()
    direction: tuple[float, ...] = ()
    slice_axis: int = 2
    warnings: tuple[str, ...] = ()
