"""The best of many random groups of slices."""

import numpy as np

from alcore import Query, Selection, Strategy
from alseg_strategies.noise_options import StochasticBatchesOptions
from alseg_strategies.ranking import Choice, Indices, select_in_tiers
from alseg_strategies.scoring import require_score

NAME = "stochastic-batches"


class StochasticBatches:
    """Cuts the shuffled candidates into groups, and takes the group of the highest mean score, ties in their order.

    A group is as large as the budget; smaller ones are taken best first until it is full. What is left over of the
    shuffled candidates is no group, and comes last. Gaillochet et al. 2023, algorithm 1.

    Args:
        options: the options.
        score: the strategy whose score tells how good a group is.

    Raises:
        AlsegError: it has no score.
    """

    def __init__(self, options: StochasticBatchesOptions, *, score: Strategy | None) -> None:
        self.options = options
        self._scoring = require_score(score, owner=NAME, option="score", name=options.score)

    def select(self, query: Query) -> Selection:
        """Choose the best group."""

        def choose(candidates: Indices, count: int) -> Choice:
            scores = self._scoring.score_slices(query, candidates)
            shuffled = query.rng.permutation(len(candidates))
            size = min(self.options.group_size or count, len(candidates))
            n_groups = len(candidates) // size
            groups, rest = shuffled[: n_groups * size].reshape(n_groups, size), shuffled[n_groups * size :]
            worth = scores[groups].max(axis=1) if self.options.aggregate == "max" else scores[groups].mean(axis=1)
            best_first = groups[np.argsort(-worth, kind="stable")].ravel()
            chosen = query.apart(candidates[np.concatenate([best_first, rest])], count)
            return chosen, scores[np.searchsorted(candidates, chosen)]

        return select_in_tiers(query, choose)
