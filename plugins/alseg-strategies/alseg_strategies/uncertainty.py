"""Uncertainty sampling: rank slices by what the model's class probabilities say of its doubt.

Each class maps the probabilities of a batch of slices to one score per slice. A slice is scored from its own
probabilities alone, so neither the batch nor padding can change its score.
"""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Generic, TypeVar

from alcore import AlsegError, LabelSpace, Query, Selection
from alseg_strategies.options import (
    ClassScoreOptions,
    MarginOptions,
    PixelScoreOptions,
    PredictiveEntropyOptions,
    RankingOptions,
)
from alseg_strategies.ranking import Indices, Scores, select_by_score

if TYPE_CHECKING:
    from torch import Tensor

R = TypeVar("R", bound=RankingOptions)
T = TypeVar("T", bound=PixelScoreOptions)


class LeastCertain(ABC, Generic[R]):
    """Chooses the units of the highest score."""

    def __init__(self, options: R) -> None:
        self.options = options

    def select(self, query: Query) -> Selection:
        """Choose the least certain slices; see ``one_per_scan``."""
        return select_by_score(
            query, lambda indices: self.score_slices(query, indices), one_per_scan=self.options.one_per_scan
        )

    @abstractmethod
    def score_slices(self, query: Query, indices: Indices) -> Scores:
        """Return (len(indices),) scores; higher is less certain."""


class Uncertainty(LeastCertain[T]):
    """Chooses the units of the highest score: the mean or sum of :meth:`pixel_scores`."""

    def score_slices(self, query: Query, indices: Indices) -> Scores:
        """Return (len(indices),) scores; higher is less certain.

        Raises:
            AlsegError: the model predicts NaN, or an option does not fit the data.
        """
        self.check(query)
        return query.predictor.pixel_scores(
            indices, lambda p: self.pixel_scores(p, query.label_space), self.options.reduction
        )

    def check(self, query: Query) -> None:
        """Raise AlsegError where an option does not fit the data."""

    @abstractmethod
    def pixel_scores(self, probabilities: "Tensor", label_space: LabelSpace) -> "Tensor":
        """Map probabilities (n, classes, height, width) to scores of pixels (n, height, width)."""


C = TypeVar("C", bound=ClassScoreOptions)


class ClassScore(Uncertainty[C]):
    """An uncertainty that adds up one term per class."""

    def check(self, query: Query) -> None:
        """Raise AlsegError where the background is to be excluded from classes that have none."""
        if self.options.exclude_background and query.label_space.multi_label:
            raise AlsegError(
                f"uncertainty strategy {type(self).__name__!r}, option 'exclude_background': "
                "the classes of multi-label data contain no background",
                hint="leave out strategy.exclude_background",
            )

    def pixel_scores(self, probabilities: "Tensor", label_space: LabelSpace) -> "Tensor":
        """Map probabilities (n, classes, height, width) to scores of pixels (n, height, width)."""
        if self.options.exclude_background:
            probabilities = probabilities[:, 1:]
        return self.terms(probabilities, label_space).sum(dim=1)

    @abstractmethod
    def terms(self, probabilities: "Tensor", label_space: LabelSpace) -> "Tensor":
        """Map probabilities (n, classes, height, width) to the terms of the sum, of the same shape."""


class LeastConfidence(ClassScore[ClassScoreOptions]):
    """Least-confidence uncertainty (LCUS): the negated sum of |alpha - p| over classes and pixels.

    alpha = 1 / classes (0.5 for multi-label data) is the least certain probability. Burmeister et al. 2022,
    section 3.
    """

    def terms(self, probabilities: "Tensor", label_space: LabelSpace) -> "Tensor":
        """Return -|alpha - p|."""
        return -(label_space.alpha - probabilities).abs()


class Entropy(ClassScore[ClassScoreOptions]):
    """Entropy uncertainty as the paper defines it (EntrUS): the sum of d log d with d = |alpha - p|, 0 log 0 = 0.

    d is a distance to the least certain probability and no distribution, so this is not Shannon's entropy and does
    not grow steadily with doubt: d log d is smallest at d = 1/e. Burmeister et al. 2022, section 3.
    """

    def terms(self, probabilities: "Tensor", label_space: LabelSpace) -> "Tensor":
        """Return d log d."""
        distance = (label_space.alpha - probabilities).abs()
        return distance.xlogy(distance)


class PredictiveEntropy(ClassScore[PredictiveEntropyOptions]):
    """Shannon's entropy of the predicted distribution of each pixel: -sum p log p over classes.

    For multi-label data every class is a distribution of its own: -p log p - (1 - p) log(1 - p).
    """

    def terms(self, probabilities: "Tensor", label_space: LabelSpace) -> "Tensor":
        """Return -p log p, and for multi-label data the same of 1 - p added."""
        return shannon_terms(probabilities, label_space)


def shannon_terms(probabilities: "Tensor", label_space: LabelSpace) -> "Tensor":
    """Map probabilities (n, classes, height, width) to -p log p, and for multi-label data the same of 1 - p added."""
    entropy = -probabilities.xlogy(probabilities)
    if label_space.multi_label:
        entropy = entropy - (1 - probabilities).xlogy(1 - probabilities)
    return entropy


class Margin(Uncertainty[MarginOptions]):
    """One minus the margin between the two most probable classes of each pixel; Scheffer et al. 2001.

    For multi-label data the two are p and 1 - p of each class, and the classes are averaged.
    """

    def pixel_scores(self, probabilities: "Tensor", label_space: LabelSpace) -> "Tensor":
        """Map probabilities (n, classes, height, width) to scores of pixels (n, height, width)."""
        if label_space.multi_label:
            doubt: Tensor = 1 - (2 * probabilities - 1).abs().mean(dim=1)
            return doubt
        first, second = probabilities.topk(2, dim=1).values.unbind(dim=1)
        return 1 - (first - second)
