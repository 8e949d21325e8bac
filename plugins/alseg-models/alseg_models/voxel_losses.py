"""Losses that are a mean over voxels."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from alcore import IGNORED
from alseg_models.options import FocalOptions
from alseg_models.precision import full_precision


class Focal(nn.Module):
    """Focal loss: ``-alpha_t (1 - p_t)**gamma log(p_t)``, averaged over voxels (and classes, if multi-label).

    ``p_t`` is the probability of the true label. ``alpha_t`` is alpha for foreground, 1 - alpha for background (for
    multi-label data: for presence and absence of each class), and 1 where alpha is not given. Lin et al. 2017,
    equation 5.

    Args:
        options: see :class:`FocalOptions`.
        n_classes: classes, background included for single-label data.
        multi_label: whether a voxel may belong to several classes.
    """

    def __init__(self, options: FocalOptions, *, n_classes: int, multi_label: bool) -> None:
        super().__init__()
        self.gamma = options.gamma
        self.alpha = options.alpha
        self.multi_label = multi_label

    def forward(self, logits: Tensor, target: Tensor, weight: Tensor) -> Tensor:
        """Return the scalar loss; shapes as in :class:`alcore.contracts.Loss`."""
        cross_entropy = voxel_cross_entropy(full_precision(logits), target, multi_label=self.multi_label)
        # Without a floor, gamma < 1 has an infinite slope where the model is exactly right.
        wrongness = (-torch.expm1(-cross_entropy)).clamp_min(torch.finfo(cross_entropy.dtype).tiny)
        loss = wrongness**self.gamma * cross_entropy
        if self.alpha is not None:
            loss = loss * torch.where(target > 0, self.alpha, 1 - self.alpha)
        return mean_over_voxels(loss, (target != IGNORED).to(loss.dtype), weight)


def voxel_cross_entropy(logits: Tensor, target: Tensor, *, multi_label: bool) -> Tensor:
    """The cross-entropy of each voxel, in the shape of ``target``; arbitrary where that is ignored."""
    known = target.masked_fill(target == IGNORED, 0)
    if multi_label:
        return F.binary_cross_entropy_with_logits(logits, known.to(logits.dtype), reduction="none")
    return F.cross_entropy(logits, known.long(), reduction="none")


def mean_over_voxels(loss: Tensor, counted: Tensor, weight: Tensor) -> Tensor:
    """Average ``loss`` over voxels, scaling each slice's share.

    Args:
        loss: (n, ...) loss of each voxel.
        counted: (n, ...) how much each voxel counts in the average: 0 where ignored.
        weight: (n,) scale of each slice; it does not enter the average's denominator.

    Returns:
        The scalar mean; 0 where nothing counts.
    """
    per_slice = (loss * counted).flatten(1).sum(dim=1)
    total = counted.sum()
    return (per_slice * weight).sum() / total.where(total > 0, torch.ones_like(total))
