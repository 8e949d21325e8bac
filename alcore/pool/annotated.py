"""What is annotated of the pool, as a learner sees it: images, true labels that were paid for, pseudo-labels."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from alcore.labels import IGNORED
from alcore.pool.annotations import Annotations
from alcore.pool.slices import SliceTensors
from alcore.query import Indices, Status


class AnnotatedSlices:
    """The images of the pool, and the labels that were paid for or filled in; elsewhere they are ignored.

    Rows are pool indices.

    Args:
        images: the pool's images.
        annotations: what is annotated of it at this moment.

    Attributes:
        rows: the slices with a label or a pseudo-label, of a part at least, in pool order.
        partly: those of them that were paid for in part.
        table: all slices of the pool.
        images: the images of the pool, normalised, float32, on the device.
    """

    def __init__(self, images: SliceTensors, annotations: Annotations) -> None:
        self.rows: Indices = annotations.rows(Status.LABELLED, Status.PSEUDO_LABELLED)
        self.partly: Indices = annotations.partly
        self.table = annotations.table
        self.images = images
        self._annotations = annotations
        self._status = annotations.status

    def __len__(self) -> int:
        return len(self.rows)

    def labels(self, batches_of_rows: Sequence[Indices]) -> Iterator[Tensor]:
        """Yield the labels of any slices in order, uint8 (k, [classes,] height, width), padded as images are.

        Voxels without a label, and padding, are :data:`alcore.IGNORED`. Labels lie on the device, but for batches in
        which nothing is labelled truly.
        """
        paid = [rows[self._status[rows] == Status.LABELLED] for rows in batches_of_rows]
        truths = self._annotations.labels([rows for rows in paid if len(rows)])
        for rows, labelled in zip(batches_of_rows, paid, strict=True):
            truth = next(truths) if len(labelled) else None
            yield truth if truth is not None and len(labelled) == len(rows) else self._composed(rows, truth)

    def weight(self, rows: Indices) -> NDArray[np.float32]:
        """The weight of each slice in the loss, (len(rows),): 1, or less with a pseudo-label."""
        is_pseudo = self._status[rows] == Status.PSEUDO_LABELLED
        return np.where(is_pseudo, self._annotations.pseudo_label_weight, 1.0).astype(np.float32)

    def _composed(self, rows: Indices, truth: Tensor | None) -> Tensor:
        """True labels where there are any, pseudo-labels where those were filled in, nothing else."""
        height, width = int(self.table.height[rows].max()), int(self.table.width[rows].max())
        shape = (len(rows), *self._annotations.leading_shape, height, width)
        target = torch.full(shape, IGNORED, dtype=torch.uint8)
        for place in np.flatnonzero(self._status[rows] == Status.PSEUDO_LABELLED):
            label = torch.from_numpy(self._annotations.pseudo_labels[int(rows[place])])
            target[place, ..., : label.shape[-2], : label.shape[-1]] = label
        if truth is None:
            return target
        target = target.to(truth.device)
        where = torch.from_numpy(np.flatnonzero(self._status[rows] == Status.LABELLED)).to(truth.device)
        target[where, ..., : truth.shape[-2], : truth.shape[-1]] = truth
        return target
