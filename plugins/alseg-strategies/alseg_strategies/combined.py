"""Uncertainty and representativeness together."""

import numpy as np

from alcore import Query, Selection, Strategy
from alseg_strategies.options import RepresentativeUncertaintyOptions
from alseg_strategies.ranking import Indices, Scores, select_by_score
from alseg_strategies.scoring import require_score

NAME = "representative-uncertainty"


class RepresentativeUncertainty:
    """The sum of an uncertainty and a representativeness score, each scaled to [0, 1] over the candidates.

    A score that is the same for all candidates contributes 0. Burmeister et al. 2022, section 3.

    Args:
        options: the options.
        uncertainty: the strategy whose score tells uncertainty.
        representativeness: the strategy whose score tells representativeness.

    Raises:
        AlsegError: one of the two has no score.
    """

    def __init__(
        self,
        options: RepresentativeUncertaintyOptions,
        *,
        uncertainty: Strategy | None,
        representativeness: Strategy | None,
    ) -> None:
        self.options = options
        self.uncertainty = require_score(uncertainty, owner=NAME, option="uncertainty", name=options.uncertainty)
        self.representativeness = require_score(
            representativeness, owner=NAME, option="representativeness", name=options.representativeness
        )

    def select(self, query: Query) -> Selection:
        """Choose the slices with the highest sum."""
        return select_by_score(query, lambda indices: self.score_slices(query, indices), one_per_scan=False)

    def score_slices(self, query: Query, indices: Indices) -> Scores:
        """Return (len(indices),) sums in [0, 2]; the scale is set by the slices among ``indices``."""
        uncertainty = self.uncertainty.score_slices(query, indices)
        return scaled(uncertainty) + scaled(self.representativeness.score_slices(query, indices))


def scaled(scores: Scores) -> Scores:
    """Map scores to [0, 1], the lowest to 0 and the highest to 1; equal scores to 0."""
    if not len(scores):
        return scores
    low, high = scores.min(), scores.max()
    return (scores - low) / (high - low) if high > low else np.zeros_like(scores)
