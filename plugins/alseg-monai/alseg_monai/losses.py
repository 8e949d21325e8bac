"""MONAI's losses behind alseg's contract: logits in, ignored voxels left out, a weight for every slice."""

from typing import Any

import torch
import torch.nn.functional as F
from monai import losses
from torch import Tensor, nn

from alcore import IGNORED
from alseg_monai.loss_options import (
    DiceFocalOptions,
    DiceOptions,
    FocalOptions,
    GeneralisedDiceOptions,
    RegionOptions,
    TverskyOptions,
)


class MonaiRegionLoss(nn.Module):
    """A loss of MONAI that compares regions slice by slice.

    Ignored voxels are taken out of both regions, which is exact for ratios of sums over space.

    Args:
        kind: the class of ``monai.losses``.
        options: says whether background counts.
        multi_label: whether a voxel may belong to several classes.
        arguments: further arguments of ``kind``.
    """

    def __init__(self, kind: type[nn.Module], options: RegionOptions, multi_label: bool, **arguments: Any) -> None:
        super().__init__()
        background = multi_label or options.include_background
        self.loss = kind(include_background=background, reduction="none", **arguments)
        self.multi_label = multi_label

    def forward(self, logits: Tensor, target: Tensor, weight: Tensor) -> Tensor:
        """Return the scalar loss; shapes as in :class:`alcore.contracts.Loss`."""
        logits = logits.double() if logits.dtype == torch.float64 else logits.float()
        probabilities = logits.sigmoid() if self.multi_label else logits.softmax(dim=1)
        truth, valid = _one_hot(target, logits, self.multi_label)
        per_slice = self.loss(probabilities * valid, truth * valid).flatten(1).mean(dim=1)
        known = valid.flatten(1).any(dim=1)
        return (per_slice * known * weight).sum() / known.sum().clamp_min(1)


class Dice(MonaiRegionLoss):
    """``monai.losses.DiceLoss``. Milletari et al. 2016."""

    def __init__(self, options: DiceOptions, *, n_classes: int, multi_label: bool) -> None:
        choices = {"squared_pred": options.squared, "jaccard": options.jaccard}
        super().__init__(losses.DiceLoss, options, multi_label, **choices)


class GeneralisedDice(MonaiRegionLoss):
    """``monai.losses.GeneralizedDiceLoss``. Sudre et al. 2017."""

    def __init__(self, options: GeneralisedDiceOptions, *, n_classes: int, multi_label: bool) -> None:
        super().__init__(losses.GeneralizedDiceLoss, options, multi_label, w_type=options.class_weighting)


class Tversky(MonaiRegionLoss):
    """``monai.losses.TverskyLoss``. Salehi et al. 2017."""

    def __init__(self, options: TverskyOptions, *, n_classes: int, multi_label: bool) -> None:
        costs = {"alpha": options.false_positive_weight, "beta": options.false_negative_weight}
        super().__init__(losses.TverskyLoss, options, multi_label, **costs)


class Focal(nn.Module):
    """``monai.losses.FocalLoss``, averaged over voxels and all classes as MONAI does. Lin et al. 2017."""

    def __init__(self, options: FocalOptions, *, n_classes: int, multi_label: bool) -> None:
        super().__init__()
        self.loss = losses.FocalLoss(
            gamma=options.gamma, alpha=options.alpha, use_softmax=not multi_label, reduction="none"
        )
        self.multi_label = multi_label

    def forward(self, logits: Tensor, target: Tensor, weight: Tensor) -> Tensor:
        """Return the scalar loss; shapes as in :class:`alcore.contracts.Loss`."""
        truth, valid = _one_hot(target, logits, self.multi_label)
        voxels = self.loss(logits, truth) * valid
        return (voxels.flatten(1).sum(dim=1) * weight).sum() / valid.expand_as(voxels).sum().clamp_min(1)


class DiceFocal(nn.Module):
    """Dice plus focal loss.

    For single-label data the focal loss goes by softmax as the Dice loss does, whereas ``monai.losses.DiceFocalLoss``
    takes a sigmoid of each class there.
    """

    def __init__(self, options: DiceFocalOptions, *, n_classes: int, multi_label: bool) -> None:
        super().__init__()
        self.dice = Dice(options, n_classes=n_classes, multi_label=multi_label)
        self.focal = Focal(options, n_classes=n_classes, multi_label=multi_label)
        self.shares = options.dice_share, options.focal_share

    def forward(self, logits: Tensor, target: Tensor, weight: Tensor) -> Tensor:
        """Return the scalar loss; shapes as in :class:`alcore.contracts.Loss`."""
        first, second = self.shares
        return first * self.dice(logits, target, weight) + second * self.focal(logits, target, weight)


def _one_hot(target: Tensor, logits: Tensor, multi_label: bool) -> tuple[Tensor, Tensor]:
    """The target as (n, classes, *spatial) and where it counts, (n, classes or 1, *spatial)."""
    labels = target if multi_label else target.unsqueeze(1)
    valid = labels != IGNORED
    known = labels.masked_fill(~valid, 0)
    if not multi_label:
        known = F.one_hot(known.squeeze(1).long(), logits.shape[1]).movedim(-1, 1)
    return known.to(logits.dtype if logits.dtype == torch.float64 else torch.float32), valid
