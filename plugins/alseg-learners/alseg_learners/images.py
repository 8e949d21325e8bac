"""What a network trains on: batches of images with their labels and weights."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

from alcore import AnnotatedSlices, Indices


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
    """The images of one round."""

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


class SliceImages:
    """Slices with a label or a pseudo-label.

    Args:
        data: the annotated slices.
    """

    def __init__(self, data: AnnotatedSlices) -> None:
        self.rows = data.rows
        self._data = data

    def __len__(self) -> int:
        return len(self.rows)

    def batches(self, batches_of_rows: Sequence[Indices]) -> Iterator[Batch]:
        """Yield one batch per entry (pool indices), in order."""
        images, labels = self._data.images.batches(batches_of_rows), self._data.labels(batches_of_rows)
        for rows, image, label in zip(batches_of_rows, images, labels, strict=True):
            weight = torch.from_numpy(self._data.weight(rows)).to(image.device)
            yield Batch(image, label.to(image.device), weight, torch.from_numpy(self._data.table.extent(rows)))

    def state(self) -> Mapping[str, Any]:
        """Nothing is drawn here."""
        return {}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Nothing is drawn here."""
