"""Losses that compare the predicted with the true region: Dice, Tversky, false-positive and their kin."""

from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn

from alcore import LabelSpace
from alseg_models.loss_options import FocalTverskyOptions, GeneralisedDiceOptions, RegionOptions, TverskyOptions
from alseg_models.precision import full_precision
from alseg_models.regions import Regions, measure_regions, pool_regions


class RegionLoss(nn.Module, ABC):
    """A loss per slice and class, averaged over both; with ``batch``, of the whole batch and per class.

    Classes of a slice of which every voxel is ignored do not enter the average.

    Args:
        options: see :class:`RegionOptions`.
        label_space: what the classes are.
    """

    def __init__(self, options: RegionOptions, *, label_space: LabelSpace) -> None:
        super().__init__()
        self.smooth = options.smooth
        self.batch = options.batch
        self.label_space = label_space
        self.skip_background = not (label_space.multi_label or options.include_background)

    def forward(self, logits: Tensor, target: Tensor, weight: Tensor) -> Tensor:
        """Return the scalar loss; shapes as in :class:`alcore.contracts.Loss`."""
        regions = measure_regions(
            full_precision(logits), target, self.label_space, skip_background=self.skip_background
        )
        if self.batch:
            regions, weight = pool_regions(regions, weight), weight.new_ones(1)
        losses = self.compare(regions)
        known = regions.known.any(dim=1, keepdim=True) if losses.shape[1] == 1 else regions.known
        return (losses * known * weight.to(losses).unsqueeze(1)).sum() / known.sum().clamp_min(1)

    @abstractmethod
    def compare(self, regions: Regions) -> Tensor:
        """Return the loss of each row and class: (rows, classes), or (rows, 1) for a loss across classes."""


class SoftDice(RegionLoss):
    """Soft Dice loss, ``1 - 2 overlap / (predicted + true)``, without squares. Milletari et al. 2016."""

    def compare(self, regions: Regions) -> Tensor:
        """Return the loss of each row and class in [0, 1]."""
        return 1 - (2 * regions.overlap + self.smooth) / (regions.predicted + regions.true + self.smooth)


class GeneralisedDice(RegionLoss):
    """Generalised Dice loss: one ratio over all classes, each weighted by its true volume. Sudre et al. 2017.

    A class that is absent from the truth would weigh infinitely; it gets the largest weight of the others, or that of
    a single voxel where all are absent.

    Args:
        options: see :class:`GeneralisedDiceOptions`.
        label_space: what the classes are.
    """

    def __init__(self, options: GeneralisedDiceOptions, *, label_space: LabelSpace) -> None:
        super().__init__(options, label_space=label_space)
        self.power = {"square": 2, "simple": 1, "uniform": 0}[options.class_weighting]

    def compare(self, regions: Regions) -> Tensor:
        """Return the loss of each row, (rows, 1)."""
        weights = regions.true.clamp_min(1) ** -self.power
        absent = regions.true == 0
        others_exist = ~absent.all(dim=1, keepdim=True)
        largest = weights.masked_fill(absent & others_exist, 0).amax(dim=1, keepdim=True)
        weights = torch.where(absent, largest, weights)
        overlap = (weights * regions.overlap).sum(dim=1, keepdim=True)
        total = (weights * (regions.predicted + regions.true)).sum(dim=1, keepdim=True)
        return 1 - (2 * overlap + self.smooth) / (total + self.smooth)


class Tversky(RegionLoss):
    """Tversky loss: Dice with separate costs of false positives and false negatives. Salehi et al. 2017.

    Args:
        options: see :class:`TverskyOptions`.
        label_space: what the classes are.
    """

    def __init__(self, options: TverskyOptions, *, label_space: LabelSpace) -> None:
        super().__init__(options, label_space=label_space)
        self.alpha = options.false_positive_weight
        self.beta = options.false_negative_weight

    def compare(self, regions: Regions) -> Tensor:
        """Return the loss of each row and class in [0, 1]."""
        false_positive = regions.predicted - regions.overlap
        false_negative = regions.true - regions.overlap
        total = regions.overlap + self.alpha * false_positive + self.beta * false_negative
        return 1 - (regions.overlap + self.smooth) / (total + self.smooth)


class FocalTversky(Tversky):
    """Focal Tversky loss, ``(1 - Tversky index)**(1 / gamma)``. Abraham and Khan 2019.

    Args:
        options: see :class:`FocalTverskyOptions`.
        label_space: what the classes are.
    """

    def __init__(self, options: FocalTverskyOptions, *, label_space: LabelSpace) -> None:
        super().__init__(options, label_space=label_space)
        self.exponent = 1 / options.gamma

    def compare(self, regions: Regions) -> Tensor:
        """Return the loss of each row and class in [0, 1]."""
        loss = super().compare(regions)
        # The root has an infinite slope at perfect agreement.
        return loss.clamp_min(torch.finfo(loss.dtype).tiny) ** self.exponent


class FalsePositive(RegionLoss):
    """Share of the predicted region that is wrong, ``false positives / predicted``; 0 where nothing is predicted.

    It is blind to what is missed, so it is meant to be added to another loss. Burmeister et al. 2022 (code).
    """

    def compare(self, regions: Regions) -> Tensor:
        """Return the loss of each row and class in [0, 1]."""
        return (regions.predicted - regions.overlap) / (regions.predicted + self.smooth)
