"""Distance-based representativeness sampling."""

from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from alcore import AlsegError, Query, Selection
from alseg_strategies.features import Vectors, reduced_features, unit_length
from alseg_strategies.options import DistanceOptions
from alseg_strategies.ranking import Choice, Indices, Scores, select_by_score, select_in_tiers

Metric = Literal["euclidean", "cosine"]

# So that the distances of a chunk stay in the processor's cache.
_PAIRS_PER_CHUNK = 1 << 18


class Distance:
    """Distance-based representativeness (DistRS): slices unlike what is labelled.

    Scores a slice by its mean distance to the labelled slices in the space of the reduced features; a higher score
    is farther away. Burmeister et al. 2022, section 3.
    """

    label = "strategy 'distance'"

    def __init__(self, options: DistanceOptions) -> None:
        self.options = options

    def select(self, query: Query) -> Selection:
        """Choose the slices farthest from the labelled ones; see ``greedy``."""
        features = self._features(query)
        if self.options.greedy:
            return self._select_greedily(query, features)
        labelled = features[query.labelled]
        return select_by_score(
            query,
            lambda indices: mean_distance(features[indices], labelled, self.options.metric),
            one_per_scan=False,
        )

    def score_slices(self, query: Query, indices: Indices) -> Scores:
        """Return (len(indices),) mean distances to the labelled slices.

        Raises:
            AlsegError: nothing is labelled, or the features cannot be had.
        """
        features = self._features(query)
        return mean_distance(features[indices], features[query.labelled], self.options.metric)

    def _features(self, query: Query) -> Vectors:
        if not len(query.labelled):
            raise AlsegError(
                f"{self.label} measures distances to labelled slices, but none is labelled",
                hint="start the run with at least one initial slice",
            )
        return reduced_features(query, self.options, label=self.label)

    def _select_greedily(self, query: Query, features: Vectors) -> Selection:
        n_labelled = len(query.labelled)
        mean = mean_distance(features, features[query.labelled], self.options.metric)

        def choose(candidates: Indices, count: int) -> Choice:
            nonlocal mean, n_labelled
            free = np.zeros(len(features), bool)
            free[candidates] = True
            chosen, scores = np.empty(count, np.int64), np.empty(count)
            for k in range(count):
                chosen[k] = np.where(free, mean, -np.inf).argmax()
                scores[k] = mean[chosen[k]]
                free[chosen[k]] = False
                added = mean_distance(features, features[chosen[k], None], self.options.metric)
                mean = mean + (added - mean) / (n_labelled + 1)
                n_labelled += 1
            return chosen, scores

        return select_in_tiers(query, choose)


def mean_distance(vectors: Vectors, others: Vectors, metric: Metric) -> NDArray[np.float64]:
    """Return (n,): the mean distance of each of ``vectors`` (n, d) to all of ``others`` (m, d).

    The cosine distance of a zero vector to any other is 1.
    """
    if metric == "cosine":
        # The mean of 1 - x.y over y is 1 - x.(mean of y): no pair of slices is ever compared.
        direction: NDArray[np.float64] = unit_length(others).mean(axis=0, dtype=np.float64)
        return np.asarray(1 - unit_length(vectors) @ direction, np.float64)
    means = np.empty(len(vectors))
    step = max(1, _PAIRS_PER_CHUNK // len(others))
    targets = torch.from_numpy(others)
    for start in range(0, len(vectors), step):
        chunk = torch.from_numpy(vectors[start : start + step])
        # The matrix-product shortcut loses the small distances to cancellation.
        pairs = torch.cdist(chunk, targets, compute_mode="donot_use_mm_for_euclid_dist")
        means[start : start + step] = pairs.mean(dim=1).double().numpy()
    return means
