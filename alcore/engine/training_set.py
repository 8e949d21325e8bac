"""The labelled slices as batches for training: true labels from the oracle, pseudo-labels with their weight."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from alcore.engine.oracle import Oracle
from alcore.labels import IGNORED
from alcore.pool.pool import Pool
from alcore.pool.slices import SliceTensors
from alcore.query import Indices, Status


@dataclass(frozen=True)
class Batch:
    """What the model trains on.

    Args:
        images: (n, channels, *spatial), slices or patches of volumes.
        target: (n, [classes,] *spatial) uint8.
        weight: (n,) weight of each image in the loss.
        extent: (n, dims) voxels of each image's content, on the CPU; the rest of the batch is padding.
    """

    images: Tensor
    target: Tensor
    weight: Tensor
    extent: Tensor


class TrainingImages(Protocol):
    """What a learner trains on."""

    rows: Indices

    def __len__(self) -> int:
        """Number of rows."""
        ...

    def batches(self, batches_of_rows: Sequence[Indices]) -> Iterator[Batch]:
        """Yield one batch per entry, in order."""
        ...

    def state(self) -> Mapping[str, Any]:
        """Of what is drawn at random while batches are made, for :meth:`restore`."""
        ...

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on where ``state`` was taken."""
        ...


class TrainingSet:
    """Slices with a label or a pseudo-label.

    Args:
        pool: who is labelled.
        images: the pool's images.
        oracle: the true labels of annotated slices.
        pseudo_labels: unpadded pseudo-label by pool index.
        pseudo_label_weight: weight of pseudo-labelled slices in the loss.
    """

    def __init__(
        self,
        pool: Pool,
        images: SliceTensors,
        oracle: Oracle,
        pseudo_labels: Mapping[int, NDArray[np.uint8]],
        pseudo_label_weight: float,
    ) -> None:
        self.rows: Indices = pool.rows(Status.LABELLED, Status.PSEUDO_LABELLED)
        self._images = images
        self._oracle = oracle
        self._table = pool.table
        self._pseudo_label_weight = pseudo_label_weight
        self._pseudo_row = np.full(len(pool.table), -1)
        self._pseudo = self._padded(pool.rows(Status.PSEUDO_LABELLED), pseudo_labels)

    def _padded(self, rows: Indices, pseudo_labels: Mapping[int, NDArray[np.uint8]]) -> Tensor | None:
        if not len(rows):
            return None
        leading = pseudo_labels[int(rows[0])].shape[:-2]
        height, width = self._table.height[rows].max(), self._table.width[rows].max()
        padded = np.full((len(rows), *leading, height, width), IGNORED, np.uint8)
        for place, row in enumerate(rows):
            label = pseudo_labels[int(row)]
            padded[place, ..., : label.shape[-2], : label.shape[-1]] = label
        self._pseudo_row[rows] = np.arange(len(rows))
        return torch.from_numpy(padded)

    def __len__(self) -> int:
        return len(self.rows)

    def batches(self, batches_of_rows: Sequence[Indices]) -> Iterator[Batch]:
        """Yield one batch per entry (pool indices), in order."""
        truly_labelled = [rows[self._pseudo_row[rows] < 0] for rows in batches_of_rows]
        truths = self._oracle.label_batches([rows for rows in truly_labelled if len(rows)])
        for rows, images in zip(batches_of_rows, self._images.batches(batches_of_rows), strict=True):
            pseudo = self._pseudo_row[rows] >= 0
            if not pseudo.any():
                yield Batch(images, next(truths), torch.ones(len(rows), device=images.device), self._extent(rows))
            else:
                truth = None if pseudo.all() else next(truths)
                yield self._mixed(rows, pseudo, images, truth)

    def state(self) -> Mapping[str, Any]:
        """Nothing is drawn here."""
        return {}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Nothing is drawn here."""

    def _mixed(self, rows: Indices, pseudo: NDArray[np.bool_], images: Tensor, truth: Tensor | None) -> Batch:
        assert self._pseudo is not None  # rows with a pseudo-label exist
        height, width = images.shape[-2:]
        shape = (len(rows), *self._pseudo.shape[1:-2], height, width)
        target = torch.full(shape, IGNORED, dtype=torch.uint8, device=images.device)
        for chosen, labels in ((~pseudo, truth), (pseudo, self._pseudo[self._pseudo_row[rows[pseudo]]])):
            if labels is not None:
                labels = labels[..., :height, :width].to(images.device)
                where = torch.from_numpy(np.flatnonzero(chosen)).to(images.device)
                target[where, ..., : labels.shape[-2], : labels.shape[-1]] = labels
        weight = np.where(pseudo, self._pseudo_label_weight, 1.0).astype(np.float32)
        return Batch(images, target, torch.from_numpy(weight).to(images.device), self._extent(rows))

    def _extent(self, rows: Indices) -> Tensor:
        return torch.from_numpy(self._table.extent(rows))
