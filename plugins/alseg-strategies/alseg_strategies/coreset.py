"""Core-set selection: every slice of the pool is to be near a labelled one."""

import numpy as np

from alcore import Query, Selection
from alseg_strategies.diversity_options import CoresetOptions
from alseg_strategies.farthest import FarthestFirst, nearest_distance
from alseg_strategies.features import vectors_of
from alseg_strategies.ranking import Indices, Scores, select_in_tiers


class Coreset:
    """Greedy k-centre: again and again the slice that is farthest from the nearest labelled or chosen one.

    The largest distance that is left is at most twice the least possible. Sener and Savarese 2018, algorithm 1.
    """

    label = "strategy 'coreset'"

    def __init__(self, options: CoresetOptions) -> None:
        self.options = options

    def select(self, query: Query) -> Selection:
        """Choose farthest-first; where nothing is labelled, from the slice nearest to the mean on."""
        vectors = vectors_of(query, self.options, label=self.label)
        return select_in_tiers(query, FarthestFirst(vectors, query.labelled).take)

    def score_slices(self, query: Query, indices: Indices) -> Scores:
        """Return (len(indices),) distances to the nearest labelled slice, 0 for all where none is labelled."""
        vectors = vectors_of(query, self.options, label=self.label)
        if not len(query.labelled):
            return np.zeros(len(indices))
        return nearest_distance(vectors[indices], vectors[query.labelled])
