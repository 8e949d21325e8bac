"""Confusion counts of whole scans, counted on the device without a loop over scans, slices or pixels."""

import torch
from torch import Tensor

from alcore.contracts import ConfusionCounts
from alcore.labels import IGNORED, LabelSpace


class ConfusionCounter:
    """Adds up voxels per scan, true class and predicted class.

    Args:
        n_scans: the number of scans.
        label_space: what the classes are; those of multi-label data count each by itself.
        device: where the counting is done.
    """

    def __init__(self, n_scans: int, label_space: LabelSpace, device: torch.device) -> None:
        n_classes, self._multi_label = label_space.n_classes, label_space.multi_label
        self._shape = (n_scans, n_classes, *((2, 2) if self._multi_label else (n_classes,)))
        self._counts = torch.zeros(self._shape, dtype=torch.int64, device=device)

    def add(self, scan: Tensor, prediction: Tensor, truth: Tensor) -> None:
        """Count a batch.

        Args:
            scan: (n,) index of each slice's scan.
            prediction: single-label (n, height, width) class numbers; multi-label (n, classes, height, width) 0 or 1.
            truth: the same shape; voxels of value ``IGNORED`` are left out.
        """
        n_classes, n_cells = self._shape[1], self._counts.numel()
        true, predicted = truth.int(), prediction.int()
        if self._multi_label:
            cell = scan[:, None] * n_classes + torch.arange(n_classes, device=scan.device)
            code = (cell.int()[:, :, None, None] * 2 + true) * 2 + predicted
        else:
            code = (scan.int()[:, None, None] * n_classes + true) * n_classes + predicted
        # One more cell takes the ignored voxels: cheaper than picking out the others.
        code = torch.where(truth == IGNORED, n_cells, code)
        self._counts += torch.bincount(code.flatten(), minlength=n_cells + 1)[:n_cells].view(self._shape)

    def result(self) -> ConfusionCounts:
        """The counts per scan and foreground class."""
        counts = self._counts.cpu().numpy()
        if self._multi_label:
            return ConfusionCounts(
                true_positive=counts[:, :, 1, 1],
                false_positive=counts[:, :, 0, 1],
                false_negative=counts[:, :, 1, 0],
                true_negative=counts[:, :, 0, 0],
            )
        hit = counts.diagonal(axis1=1, axis2=2)[:, 1:]
        predicted, true, total = counts.sum(axis=1)[:, 1:], counts.sum(axis=2)[:, 1:], counts.sum(axis=(1, 2))[:, None]
        return ConfusionCounts(
            true_positive=hit,
            false_positive=predicted - hit,
            false_negative=true - hit,
            true_negative=total - predicted - true + hit,
        )
