"""Splits made from arrays, for tests that need no store."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from alcore.annotating import Answer
from alcore.labels import IGNORED
from alcore.pool.annotations import Annotations
from alcore.pool.arrays import ArrayReader, Arrays, array_table
from alcore.pool.data import SplitData
from alcore.pool.slices import ResidentSlices, SliceReader, SliceTensors, read_region
from alcore.query import Indices

SPACING = (3.0, 1.5, 1.0)
"""Millimetres along slices, rows and columns of the first scan; scan k has k + 1 times as much."""


@dataclass(frozen=True)
class ArraySplit(SplitData):
    """A split that keeps the arrays it was made from.

    Args:
        image_scans: (slices, channels, height, width) for each scan.
        label_scans: (slices, [classes,] height, width) for each scan.
    """

    image_scans: Arrays
    label_scans: Arrays

    def image(self, row: int) -> NDArray[Any]:
        """The image of one slice, not padded."""
        return ArrayReader(self.table, self.image_scans, 0).read_slice(row)

    def label(self, row: int) -> NDArray[Any]:
        """The label of one slice, not padded."""
        return ArrayReader(self.table, self.label_scans, IGNORED).read_slice(row)


def array_split(
    images: Arrays,
    labels: Arrays,
    slices: Callable[[SliceReader, torch.device], SliceTensors] = ResidentSlices,
) -> ArraySplit:
    """Make a split on the CPU of one image and one label per scan; ``slices`` says how they are held."""
    spacing = np.outer(np.arange(1, len(images) + 1), SPACING)
    table, cpu = array_table([(len(image), *image.shape[-2:]) for image in images], spacing), torch.device("cpu")
    return ArraySplit(
        table=table,
        images=slices(ArrayReader(table, images, 0), cpu),
        truth=ArrayReader(copy.copy(table), labels, IGNORED),
        hold=lambda reader: slices(reader, cpu),
        image_scans=images,
        label_scans=labels,
    )


def annotated(split: SplitData, rows: Indices) -> Annotations:
    """Annotations of a pool of which these slices were paid for, and their labels are the truth."""
    annotations = Annotations(split.table, split.truth.leading_shape, split.images.device, resident=True)
    if len(rows):
        annotations.pay(Answer(split.table.units.take(rows), partial(read_region, split.truth)))
    return annotations
