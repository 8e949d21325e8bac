"""k-means clusters of feature vectors."""

import numpy as np
from numpy.typing import NDArray

from alseg_strategies.features import Vectors

Labels = NDArray[np.int64]

_BATCH = 5000
"""Vectors per step of mini-batch k-means, as in the code of TypiClust."""


def kmeans(
    vectors: Vectors,
    n_clusters: int,
    rng: np.random.Generator,
    *,
    weights: NDArray[np.float64] | None = None,
    exact: bool = True,
) -> tuple[Labels, Vectors]:
    """Cluster (n, d) vectors; there are fewer clusters where fewer vectors are distinct.

    Args:
        vectors: (n, d) finite, n at least 1.
        n_clusters: the number of clusters wanted.
        rng: seeds the centres.
        weights: (n,) how much each vector counts, not all 0; by default all alike.
        exact: Lloyd's algorithm; else mini-batches, which is faster with many clusters.

    Returns:
        (n,) clusters from 0, and their centres, (clusters, d).
    """
    from sklearn.cluster import KMeans, MiniBatchKMeans

    found, seed = _distinct(vectors, n_clusters), int(rng.integers(2**31))
    if exact:
        fitted = KMeans(found, n_init=1, random_state=seed).fit(vectors, sample_weight=weights)
    else:
        start = max(3 * found, _BATCH)
        settings = MiniBatchKMeans(found, n_init=1, random_state=seed, batch_size=_BATCH, init_size=start)
        fitted = settings.fit(vectors, sample_weight=weights)
    return np.asarray(fitted.labels_, np.int64), fitted.cluster_centers_


def _distinct(vectors: Vectors, wanted: int) -> int:
    """``wanted``, or the number of distinct vectors where that is smaller; looks at no more of them than it must."""
    looked_at = 4 * wanted
    while True:
        distinct = len(np.unique(vectors[:looked_at], axis=0))
        if distinct >= wanted or looked_at >= len(vectors):
            return min(distinct, wanted)
        looked_at *= 4
