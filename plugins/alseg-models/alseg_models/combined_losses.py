"""Sums of two losses."""

from torch import Tensor, nn

from alcore import LabelSpace
from alseg_models.loss_options import CrossEntropyDiceOptions, FalsePositiveDiceOptions
from alseg_models.region_losses import FalsePositive, SoftDice
from alseg_models.voxel_losses import CrossEntropy


class CrossEntropyDice(nn.Module):
    """Cross-entropy plus soft Dice loss. Isensee et al. 2021 (nnU-Net).

    Args:
        options: see :class:`CrossEntropyDiceOptions`.
        label_space: what the classes are.

    Raises:
        AlsegError: there are not as many class weights as classes.
    """

    def __init__(self, options: CrossEntropyDiceOptions, *, label_space: LabelSpace) -> None:
        super().__init__()
        self.cross_entropy = CrossEntropy(options, label_space=label_space)
        self.dice = SoftDice(options, label_space=label_space)
        self.shares = options.cross_entropy_share, options.dice_share

    def forward(self, logits: Tensor, target: Tensor, weight: Tensor) -> Tensor:
        """Return the scalar loss; shapes as in :class:`alcore.contracts.Loss`."""
        first, second = self.shares
        return first * self.cross_entropy(logits, target, weight) + second * self.dice(logits, target, weight)


class FalsePositiveDice(nn.Module):
    """False-positive loss plus soft Dice loss. Burmeister et al. 2022 (code).

    Args:
        options: see :class:`FalsePositiveDiceOptions`.
        label_space: what the classes are.
    """

    def __init__(self, options: FalsePositiveDiceOptions, *, label_space: LabelSpace) -> None:
        super().__init__()
        self.false_positive = FalsePositive(options, label_space=label_space)
        self.dice = SoftDice(options, label_space=label_space)
        self.shares = options.false_positive_share, options.dice_share

    def forward(self, logits: Tensor, target: Tensor, weight: Tensor) -> Tensor:
        """Return the scalar loss; shapes as in :class:`alcore.contracts.Loss`."""
        first, second = self.shares
        return first * self.false_positive(logits, target, weight) + second * self.dice(logits, target, weight)
