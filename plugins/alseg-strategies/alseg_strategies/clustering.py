"""Clustering-based representativeness sampling."""

import numpy as np
from numpy.typing import NDArray

from alcore import Query, Selection
from alseg_strategies.features import Vectors, reduced_features
from alseg_strategies.kmeans import Labels, kmeans
from alseg_strategies.mean_shift import OUTLIER, mean_shift
from alseg_strategies.options import ClusteringOptions
from alseg_strategies.ranking import Choice, Indices, Scores, select_in_tiers

_BANDWIDTH_SAMPLE = 1000


class Clustering:
    """Clustering-based representativeness (ClustRS): each cluster annotated in proportion to its size.

    The cluster of which the smallest share is labelled gets the next slice (ties: the earlier cluster), at random
    among its candidates, as in the paper's code. With ``next_cluster="largest-deficit"`` it is the cluster that lacks
    most: of L labelled slices and a budget of B, a cluster that holds the share s of all clustered slices is due
    s (L + B) labelled ones. Outliers come last, at random. Burmeister et al. 2022, section 3.
    """

    def __init__(self, options: ClusteringOptions) -> None:
        self.options = options

    def select(self, query: Query) -> Selection:
        """Choose the slices of the clusters that the labelled set represents least."""
        labels = self.cluster(query)
        size, n_labelled = _counts(labels, labels[query.labelled])
        due = size / max(size.sum(), 1) * (n_labelled.sum() + query.budget)
        by_share = self.options.next_cluster == "smallest-share"

        def choose(candidates: Indices, count: int) -> Choice:
            shuffled = query.rng.permutation(candidates)
            by_cluster = shuffled[np.argsort(labels[shuffled], kind="stable")]
            bounds = np.searchsorted(labels[by_cluster], np.arange(OUTLIER, len(size) + 1))
            n_outliers, first, end = bounds[1], bounds[1:-1].copy(), bounds[2:]
            chosen = np.empty(count, np.int64)
            n_chosen = 0
            while n_chosen < count and (first < end).any():
                wanted = -n_labelled / np.maximum(size, 1) if by_share else due - n_labelled
                cluster = np.where(first < end, wanted, -np.inf).argmax()
                chosen[n_chosen] = by_cluster[first[cluster]]
                first[cluster] += 1
                n_labelled[cluster] += 1
                n_chosen += 1
            chosen[n_chosen:] = by_cluster[:n_outliers][: count - n_chosen]
            return chosen, None

        return select_in_tiers(query, choose)

    def score_slices(self, query: Query, indices: Indices) -> Scores:
        """Return (len(indices),): share of the slice's cluster in the pool less its share in the labelled set.

        In [-1, 1]; an outlier scores -1.
        """
        labels = self.cluster(query)
        size, n_labelled = _counts(labels, labels[query.labelled])
        deficit = size / max(size.sum(), 1) - n_labelled / max(n_labelled.sum(), 1)
        # The last entry is what the label of an outlier, -1, looks up.
        return np.append(deficit, -1.0)[labels[indices]]

    def cluster(self, query: Query) -> Labels:
        """Return the cluster of every slice of the pool, from 0, or -1 for an outlier."""
        features = reduced_features(query, self.options, label="strategy 'clustering'")
        if self.options.algorithm == "kmeans":
            return kmeans(features, self.options.n_clusters, query.rng)[0]
        bandwidth = self.options.bandwidth
        if bandwidth == "auto":
            bandwidth = _estimate_bandwidth(features, query.rng)
        return mean_shift(features, bandwidth, sample=self.options.sample, rng=query.rng)


def _counts(labels: Labels, of_labelled: Labels) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    size = np.bincount(labels[labels != OUTLIER])
    return size, np.bincount(of_labelled[of_labelled != OUTLIER], minlength=len(size))


def _estimate_bandwidth(features: Vectors, rng: np.random.Generator) -> float:
    from sklearn.cluster import estimate_bandwidth

    some = features[rng.permutation(len(features))[:_BANDWIDTH_SAMPLE]]
    # Identical features have a bandwidth of 0; any radius then gives the one cluster that there is.
    return float(estimate_bandwidth(some)) or 1.0
