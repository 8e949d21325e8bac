"""Losses that are a mean over voxels: cross-entropy and focal."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from alcore import IGNORED, AlsegError, LabelSpace
from alseg_models.loss_options import CrossEntropyOptions, FocalOptions
from alseg_models.precision import full_precision


class CrossEntropy(nn.Module):
    """Cross-entropy (multi-label: binary, per class), averaged over voxels by torch's own rule for class weights.

    A voxel of class c counts ``class_weights[c]`` times, in the sum and in the number that it is divided by.

    Args:
        options: see :class:`CrossEntropyOptions`.
        label_space: what the classes are.

    Raises:
        AlsegError: there are not as many class weights as classes, or they are not positive.
    """

    class_weights: Tensor

    def __init__(self, options: CrossEntropyOptions, *, label_space: LabelSpace) -> None:
        super().__init__()
        n_classes = label_space.n_classes
        weights = options.class_weights or (1.0,) * n_classes
        if len(weights) != n_classes or min(weights) < 0 or not any(weights):
            raise AlsegError(
                f"loss option 'class_weights' is {weights}, but the data has {n_classes} classes",
                hint="give one weight per class, none negative and not all zero"
                + ("" if label_space.multi_label else "; the first is that of background"),
            )
        self.label_space = label_space
        # Not persistent: a checkpoint holds what was learnt, and the options say the rest.
        self.register_buffer("class_weights", torch.tensor(weights), persistent=False)

    def forward(self, logits: Tensor, target: Tensor, weight: Tensor) -> Tensor:
        """Return the scalar loss; shapes as in :class:`alcore.contracts.Loss`."""
        logits = full_precision(logits)
        loss = voxel_cross_entropy(logits, target, self.label_space)
        valid = target != IGNORED
        weights = self.class_weights.to(logits)
        if self.label_space.multi_label:
            counted = valid * weights.view(-1, *[1] * (target.dim() - 2))
        else:
            counted = valid * weights[target.masked_fill(~valid, 0).long()]
        return mean_over_voxels(loss, counted, weight)


class Focal(nn.Module):
    """Focal loss: ``-alpha_t (1 - p_t)**gamma log(p_t)``, averaged over voxels (and classes, if multi-label).

    ``p_t`` is the probability of the true label. ``alpha_t`` is alpha for foreground, 1 - alpha for background (for
    multi-label data: for presence and absence of each class), and 1 where alpha is not given. Lin et al. 2017,
    equation 5.

    Args:
        options: see :class:`FocalOptions`.
        label_space: what the classes are.
    """

    def __init__(self, options: FocalOptions, *, label_space: LabelSpace) -> None:
        super().__init__()
        self.gamma = options.gamma
        self.alpha = options.alpha
        self.label_space = label_space

    def forward(self, logits: Tensor, target: Tensor, weight: Tensor) -> Tensor:
        """Return the scalar loss; shapes as in :class:`alcore.contracts.Loss`."""
        cross_entropy = voxel_cross_entropy(full_precision(logits), target, self.label_space)
        # Without a floor, gamma < 1 has an infinite slope where the model is exactly right.
        wrongness = (-torch.expm1(-cross_entropy)).clamp_min(torch.finfo(cross_entropy.dtype).tiny)
        loss = wrongness**self.gamma * cross_entropy
        if self.alpha is not None:
            loss = loss * torch.where(target > 0, self.alpha, 1 - self.alpha)
        return mean_over_voxels(loss, (target != IGNORED).to(loss.dtype), weight)


def voxel_cross_entropy(logits: Tensor, target: Tensor, label_space: LabelSpace) -> Tensor:
    """The cross-entropy of each voxel, in the shape of ``target``; arbitrary where that is ignored."""
    known = target.masked_fill(target == IGNORED, 0)
    if label_space.multi_label:
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
