"""Typical slices: of each cluster that has no label yet, the one with the nearest neighbours."""

import numpy as np
from numpy.typing import NDArray

from alcore import Query, Selection
from alseg_strategies.diversity_options import TypiClustOptions
from alseg_strategies.features import Vectors, vectors_of
from alseg_strategies.kmeans import kmeans
from alseg_strategies.ranking import Choice, Indices, select_in_tiers

_LLOYD_UP_TO = 50
"""Clusters above which k-means goes by mini-batches, as in the authors' code."""
_DECIMALS = 9
"""Distances are rounded to these, so that equal slices tie whatever the order of summation."""


class TypiClust:
    """Clusters the pool into as many clusters as slices will be labelled, and takes typical slices of them in turn.

    Clusters with the fewest labels come first, of these the largest; clusters smaller than ``min_size`` come when the
    others are used up. A slice is typical whose mean distance to its ``neighbours`` nearest unlabelled members (at
    most half of them) is small; ties are broken at random. Hacohen et al. 2022.
    """

    def __init__(self, options: TypiClustOptions) -> None:
        self.options = options

    def select(self, query: Query) -> Selection:
        """Choose typical slices of the clusters with the fewest labels."""
        vectors = vectors_of(query, self.options, label="strategy 'typiclust'")
        annotated = query.labelled

        def choose(candidates: Indices, count: int) -> Choice:
            nonlocal annotated
            members = query.rng.permutation(candidates)[: max(self.options.sample, count)]
            rows = np.concatenate([annotated, members])
            n_clusters = min(len(annotated) + count, self.options.max_clusters)
            labels, _ = kmeans(vectors[rows], n_clusters, query.rng, exact=n_clusters <= _LLOYD_UP_TO)
            chosen = members[self._typical(vectors[members], labels, len(annotated), count)]
            annotated = np.concatenate([annotated, chosen])
            return chosen, None

        return select_in_tiers(query, choose)

    def _typical(self, vectors: Vectors, labels: NDArray[np.int64], n_annotated: int, count: int) -> list[int]:
        """Rows of ``vectors``; ``labels`` are the clusters of the annotated slices, then of these."""
        size = np.bincount(labels)
        n_labels = np.bincount(labels[:n_annotated], minlength=len(size))
        order = np.lexsort((-size, n_labels, size < self.options.min_size))
        clusters = [_Cluster(vectors, np.flatnonzero(labels[n_annotated:] == number)) for number in order]
        large = int((size >= self.options.min_size).sum())
        chosen: list[int] = []
        for group in (clusters[:large], clusters[large:]):
            while len(chosen) < count and any(len(cluster.rows) for cluster in group):
                for cluster in group:
                    if len(cluster.rows) and len(chosen) < count:
                        chosen.append(cluster.take_most_typical(self.options.neighbours))
        return chosen


class _Cluster:
    """The unlabelled members of a cluster, as rows of ``vectors``."""

    def __init__(self, vectors: Vectors, rows: Indices) -> None:
        self.rows = rows
        self._vectors = vectors
        self._distances: NDArray[np.float64] | None = None

    def take_most_typical(self, neighbours: int) -> int:
        """Remove the member with the least mean distance to its nearest ones, and return its row."""
        from sklearn.metrics.pairwise import euclidean_distances

        if self._distances is None:
            self._distances = euclidean_distances(self._vectors[self.rows].astype(np.float64))
        nearest = max(1, min(neighbours, len(self.rows) // 2))
        # Among the smallest is the distance 0 to itself.
        sums = np.sort(self._distances, axis=1)[:, : nearest + 1].sum(axis=1)
        best = int(np.round(sums / nearest, _DECIMALS).argmin())
        row = int(self.rows[best])
        self.rows = np.delete(self.rows, best)
        self._distances = np.delete(np.delete(self._distances, best, axis=0), best, axis=1)
        return row
