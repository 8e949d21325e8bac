"""Disagreement of a committee: what the members' class probabilities say of what the model does not know.

Each class maps the probabilities of all members of a batch of slices to one score per slice, in float64. A slice is
scored from its own pixels alone.
"""

from abc import abstractmethod
from itertools import combinations
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from alcore import AlsegError, LabelSpace, Query, Selection
from alseg_strategies.committee_options import DiceOptions
from alseg_strategies.options import RankingOptions
from alseg_strategies.ranking import Indices, Scores
from alseg_strategies.uncertainty import LeastCertain, shannon_terms

if TYPE_CHECKING:
    from torch import Tensor

T = TypeVar("T", bound=RankingOptions)

_DECIMALS = 12
"""Scores are rounded to these, so that members that agree score 0 and not what is left of rounding."""


class Committee(LeastCertain[T]):
    """Chooses the slices of the highest :meth:`score`."""

    def score_slices(self, query: Query, indices: Indices) -> Scores:
        """Return (len(indices),) scores; higher is less certain.

        Raises:
            AlsegError: there is no committee, a member predicts NaN, or an option does not fit the data.
        """
        scores = np.empty(len(indices))
        for where, p in query.predictor.samples(indices):
            if bool(p.isnan().any()):
                raise AlsegError("a member of the committee predicts NaN, so no strategy can choose by it")
            scores[where] = self.score(p.double(), query.label_space).cpu().numpy().round(_DECIMALS)
        return scores

    @abstractmethod
    def score(self, p: "Tensor", label_space: LabelSpace) -> "Tensor":
        """Map probabilities (members, n, classes, height, width) to scores (n,)."""


class ExpectedEntropy(Committee[RankingOptions]):
    """The mean of the members' Shannon entropies: doubt that more labels do not remove. Gal et al. 2017."""

    def score(self, p: "Tensor", label_space: LabelSpace) -> "Tensor":
        """Return the mean over members and pixels, in nats."""
        return shannon_terms(p, label_space).sum(dim=2).mean(dim=(0, 2, 3))


class CommitteeEntropy(Committee[RankingOptions]):
    """Shannon's entropy of the members' mean prediction: all doubt together. Gal et al. 2017."""

    def score(self, p: "Tensor", label_space: LabelSpace) -> "Tensor":
        """Return the mean over pixels, in nats."""
        return shannon_terms(p.mean(dim=0), label_space).sum(dim=1).mean(dim=(1, 2))


class Bald(Committee[RankingOptions]):
    """The mutual information of prediction and member: the entropy of the mean less the mean entropy.

    What the members disagree about, and what a label would tell. Houlsby et al. 2011; Gal et al. 2017.
    """

    def score(self, p: "Tensor", label_space: LabelSpace) -> "Tensor":
        """Return the mean over pixels, in nats, at least 0."""
        of_mean = shannon_terms(p.mean(dim=0), label_space).sum(dim=1)
        mean = shannon_terms(p, label_space).sum(dim=2).mean(dim=0)
        return (of_mean - mean).clamp(min=0).mean(dim=(1, 2))


class VariationRatio(Committee[RankingOptions]):
    """The share of members that do not vote for the class with the most votes. Freeman 1965; Gal et al. 2017."""

    def score(self, p: "Tensor", label_space: LabelSpace) -> "Tensor":
        """Return the mean over pixels; for multi-label data each class is voted on, and their mean is taken."""
        votes = _votes(p, label_space).mean(dim=0)
        if label_space.multi_label:
            return (1 - votes.maximum(1 - votes)).mean(dim=(1, 2, 3))
        return (1 - votes.amax(dim=1)).mean(dim=(1, 2))


class _OfClasses(Committee[DiceOptions]):
    def select(self, query: Query) -> Selection:
        """Choose the slices on which the members agree least; see ``one_per_scan``."""
        if self.options.exclude_background and query.label_space.multi_label:
            raise AlsegError(
                f"strategy {type(self).__name__!r}, option 'exclude_background': the classes of multi-label data "
                "contain no background",
                hint="leave out strategy.exclude_background",
            )
        return super().select(query)

    def first_class(self) -> int:
        return int(self.options.exclude_background)


class ExpectedDice(_OfClasses):
    """The negated mean soft Dice of members and their mean, over members and classes.

    Soft Dice of an unsure prediction with itself is below 1, so members that agree, but are unsure, do not reach -1:
    the score holds both kinds of doubt. From the code of nnActive (Lueth et al. 2025).
    """

    def score(self, p: "Tensor", label_space: LabelSpace) -> "Tensor":
        """Return the score in [-1, 0]; a class that nobody sees has a Dice of 1."""
        p = p[:, :, self.first_class() :]
        mean = p.mean(dim=0, keepdim=True)
        return -_dice(mean, p).mean(dim=(0, 2))


class CommitteeDice(_OfClasses):
    """One less the mean Dice of the members' masks, over pairs of members and classes. As in Roy et al. 2018."""

    def score(self, p: "Tensor", label_space: LabelSpace) -> "Tensor":
        """Return the score in [0, 1]; a class that neither of two members sees has a Dice of 1."""
        masks = _votes(p, label_space)[:, :, self.first_class() :]
        first, second = np.transpose(list(combinations(range(len(masks)), 2)))
        return 1 - _dice(masks[first], masks[second]).mean(dim=(0, 2))


def _votes(p: "Tensor", label_space: LabelSpace) -> "Tensor":
    """Masks of 0 and 1, of the shape of ``p``: the most probable class, or each class above 1/2."""
    import torch

    if label_space.multi_label:
        return (p > 0.5).double()
    return torch.zeros_like(p).scatter_(2, p.argmax(dim=2, keepdim=True), 1.0)


def _dice(a: "Tensor", b: "Tensor") -> "Tensor":
    """Dice over the last two axes; 1 where both are empty."""
    import torch

    both = (a * b).sum(dim=(-2, -1))
    size = (a + b).sum(dim=(-2, -1))
    return torch.where(size > 0, 2 * both / size.where(size > 0, torch.ones_like(size)), torch.ones_like(size))
