"""MONAI's losses behind alseg's contract: logits in, ignored voxels left out, a weight for every slice."""

from typing import Any

import torch
from monai import losses
from torch import Tensor, nn

from alcore import LabelSpace
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
        label_space: what the classes are.
        arguments: further arguments of ``kind``.
    """

    def __init__(
        self, kind: type[nn.Module], options: RegionOptions, label_space: LabelSpace, **arguments: Any
    ) -> None:
        super().__init__()
        background = label_space.multi_label or options.include_background
        self.loss = kind(include_background=background, reduction="none", **arguments)
        self.label_space = label_space

    def forward(self, logits: Tensor, target: Tensor, weight: Tensor) -> Tensor:
        """Return the scalar loss; shapes as in :class:`alcore.contracts.Loss`."""
        logits = logits.double() if logits.dtype == torch.float64 else logits.float()
        probabilities = self.label_space.probabilities(logits)
        truth, valid = _one_hot(target, logits, self.label_space)
        per_slice = self.loss(probabilities * valid, truth * valid).flatten(1).mean(dim=1)
        known = valid.flatten(1).any(dim=1)
        return (per_slice * known * weight).sum() / known.sum().clamp_min(1)


class Dice(MonaiRegionLoss):
    """``monai.losses.DiceLoss``. Milletari et al. 2016."""

    def __init__(self, options: DiceOptions, *, label_space: LabelSpace) -> None:
        choices = {"squared_pred": options.squared, "jaccard": options.jaccard}
        super().__init__(losses.DiceLoss, options, label_space, **choices)


class GeneralisedDice(MonaiRegionLoss):
    """``monai.losses.GeneralizedDiceLoss``. Sudre et al. 2017."""

    def __init__(self, options: GeneralisedDiceOptions, *, label_space: LabelSpace) -> None:
        super().__init__(losses.GeneralizedDiceLoss, options, label_space, w_type=options.class_weighting)


class Tversky(MonaiRegionLoss):
    """``monai.losses.TverskyLoss``. Salehi et al. 2017."""

    def __init__(self, options: TverskyOptions, *, label_space: LabelSpace) -> None:
        costs = {"alpha": options.false_positive_weight, "beta": options.false_negative_weight}
        super().__init__(losses.TverskyLoss, options, label_space, **costs)


class Focal(nn.Module):
    """``monai.losses.FocalLoss``, averaged over voxels and all classes as MONAI does. Lin et al. 2017."""

    def __init__(self, options: FocalOptions, *, label_space: LabelSpace) -> None:
        super().__init__()
        self.loss = losses.FocalLoss(
            gamma=options.gamma, alpha=options.alpha, use_softmax=not label_space.multi_label, reduction="none"
        )
        self.label_space = label_space

    def forward(self, logits: Tensor, target: Tensor, weight: Tensor) -> Tensor:
        """Return the scalar loss; shapes as in :class:`alcore.contracts.Loss`."""
        truth, valid = _one_hot(target, logits, self.label_space)
        voxels = self.loss(logits, truth) * valid
        return (voxels.flatten(1).sum(dim=1) * weight).sum() / valid.expand_as(voxels).sum().clamp_min(1)


class DiceFocal(nn.Module):
    """Dice plus focal loss.

    For single-label data the focal loss goes by softmax as the Dice loss does, whereas ``monai.losses.DiceFocalLoss``
    takes a sigmoid of each class there.
    """

    def __init__(self, options: DiceFocalOptions, *, label_space: LabelSpace) -> None:
        super().__init__()
        self.dice = Dice(options, label_space=label_space)
        self.focal = Focal(options, label_space=label_space)
        self.shares = options.dice_share, options.focal_share

    def forward(self, logits: Tensor, target: Tensor, weight: Tensor) -> Tensor:
        """Return the scalar loss; shapes as in :class:`alcore.contracts.Loss`."""
        first, second = self.shares
        return first * self.dice(logits, target, weight) + second * self.focal(logits, target, weight)


def _one_hot(target: Tensor, logits: Tensor, label_space: LabelSpace) -> tuple[Tensor, Tensor]:
    """The target as floats (n, classes, *spatial) and where it counts, (n, classes or 1, *spatial)."""
    truth, valid = label_space.one_hot(target)
    return truth.to(logits.dtype if logits.dtype == torch.float64 else torch.float32), valid
