"""The slices in the middle of k-means clusters."""

import numpy as np
from numpy.typing import NDArray

from alcore import Query, Selection
from alseg_strategies.diversity_options import DiversityOptions
from alseg_strategies.farthest import FarthestFirst, nearest_distance
from alseg_strategies.features import Vectors, vectors_of
from alseg_strategies.kmeans import kmeans
from alseg_strategies.ranking import Choice, Indices, select_in_tiers

_LLOYD_UP_TO = 50
"""Clusters above which k-means goes by mini-batches."""


class KMeansCentres:
    """Clusters the candidates into as many clusters as there is budget, and takes the slice nearest to each centre.

    Made for the first slices, where it is called ALPS; labels play no part in it. Where fewer slices are distinct
    than are wanted, the rest follows farthest-first. Yuan et al. 2020.
    """

    def __init__(self, options: DiversityOptions) -> None:
        self.options = options

    def select(self, query: Query) -> Selection:
        """Choose the slices nearest to the centres, those of large clusters first."""
        vectors = vectors_of(query, self.options, label="strategy 'kmeans-centres'")

        def choose(candidates: Indices, count: int) -> Choice:
            return candidates[nearest_to_centres(vectors[candidates], count, query.rng)], None

        return select_in_tiers(query, choose)


def nearest_to_centres(
    vectors: Vectors, count: int, rng: np.random.Generator, weights: NDArray[np.float64] | None = None
) -> Indices:
    """Return (count,) rows of ``vectors`` (n, d): of each of ``count`` k-means clusters the one nearest to its centre.

    Args:
        vectors: at least ``count``.
        count: the number of rows, at least 1.
        rng: seeds the clusters.
        weights: (n,) how much each vector counts.
    """
    # In random order, so that no slice is preferred to its equals.
    order = rng.permutation(len(vectors))
    if count == len(order):
        return order
    shuffled = vectors[order]
    of_shuffled = None if weights is None else weights[order]
    labels, centres = kmeans(shuffled, count, rng, weights=of_shuffled, exact=count <= _LLOYD_UP_TO)
    size = np.bincount(labels, minlength=len(centres))
    members = [np.flatnonzero(labels == number) for number in np.argsort(-size, kind="stable") if size[number]]
    rows = [int(some[nearest_distance(shuffled[some], centres[labels[some[0]], None]).argmin()]) for some in members]
    chosen = np.array(rows, np.int64)
    left = np.setdiff1d(np.arange(len(order)), chosen)
    rest, _ = FarthestFirst(shuffled, chosen).take(left, count - len(chosen))
    rows_in_order: Indices = order[np.concatenate([chosen, rest])]
    return rows_in_order
