"""Mean shift against scikit-learn, and the shares of the clusters against a literal loop."""

import numpy as np
import pytest
from alseg_strategies.clustering import Clustering
from alseg_strategies.mean_shift import OUTLIER, mean_shift
from alseg_strategies.options import ClusteringOptions
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import MeanShift
from sklearn.metrics import adjusted_rand_score

from alcore import LabelSpace
from alcore.testing.pools import FixedPredictor, synthetic_query


def blobs(rng, n, n_blobs, dim=10, spread=1.5, scale=20):
    centres = rng.uniform(-scale, scale, size=(n_blobs, dim))
    return (centres[rng.integers(n_blobs, size=n)] + rng.normal(scale=spread, size=(n, dim))).astype(np.float32)


@given(st.integers(5, 120), st.integers(1, 6), st.floats(0.3, 4), st.integers(2, 10), st.integers(0, 999))
@settings(max_examples=40, deadline=None)
def test_clusters_and_outliers_equal_those_of_scikit_learn(n, n_blobs, spread, dim, seed):
    points = blobs(np.random.default_rng(seed), n, n_blobs, dim, spread)
    theirs = MeanShift(bandwidth=5, cluster_all=False).fit(points.astype(np.float64)).labels_
    ours = mean_shift(points, 5.0, sample=1000, rng=np.random.default_rng(0))
    np.testing.assert_array_equal(ours, theirs)


def test_a_sample_finds_nearly_the_same_clusters_on_a_larger_pool():
    points = blobs(np.random.default_rng(3), 3000, 8)
    exact = mean_shift(points, 5.0, sample=3000, rng=np.random.default_rng(0))
    sampled = mean_shift(points, 5.0, sample=500, rng=np.random.default_rng(0))
    assert adjusted_rand_score(exact, sampled) > 0.95
    assert np.mean((exact == OUTLIER) != (sampled == OUTLIER)) < 0.02


def test_identical_points_are_one_cluster():
    assert mean_shift(np.ones((7, 3), np.float32), 5.0, sample=100, rng=np.random.default_rng(0)).tolist() == [0] * 7


def query_with(features, status, budget, seed=0):
    tiny = np.ones((2, 1, 1), np.float32) / 2
    predictor = FixedPredictor([tiny] * len(features), features=np.asarray(features, np.float32))
    return synthetic_query(
        [len(features)],
        status=status,
        budget=budget,
        label_space=LabelSpace.numbered(2),
        predictor=predictor,
        seed=seed,
    )


class GivenClusters(Clustering):
    def __init__(self, labels, **options):
        super().__init__(ClusteringOptions(**options))
        self.labels = np.array(labels)

    def cluster(self, query):
        return self.labels


@given(
    st.lists(st.tuples(st.integers(-1, 3), st.sampled_from([0, 0, 0, 1, 2])), min_size=2, max_size=40),
    st.integers(1, 45),
    st.integers(0, 9),
    st.sampled_from(["smallest-share", "largest-deficit"]),
)
def test_each_slice_goes_to_the_cluster_that_the_option_says(slices, budget, seed, next_cluster):
    labels, status = [c for c, _ in slices], [s for _, s in slices]
    query = query_with(np.zeros((len(slices), 1)), status, budget, seed)
    chosen = GivenClusters(labels, next_cluster=next_cluster).select(query).indices.tolist()
    assert len(chosen) == len(set(chosen)) == min(budget, sum(s != 1 for s in status))
    clusters = sorted(set(labels) - {OUTLIER})
    sizes = {c: labels.count(c) for c in clusters}
    have = {c: sum(x == c and s == 1 for x, s in slices) for c in clusters}
    total = sum(have.values()) + budget
    free = [i for i, s in enumerate(status) if s == 0]
    later = [i for i, s in enumerate(status) if s == 2]
    for index in chosen:
        free, later = (free, later) if free else (later, [])
        open_clusters = [c for c in clusters if any(labels[i] == c for i in free)]
        if open_clusters:
            due = {c: sizes[c] * total / sum(sizes.values()) - have[c] for c in open_clusters}
            share = {c: have[c] / sizes[c] for c in open_clusters}
            if next_cluster == "smallest-share":
                assert labels[index] == min(open_clusters, key=lambda c: share[c])
            else:
                assert due[labels[index]] == pytest.approx(max(due.values()))
            have[labels[index]] += 1
        else:
            assert labels[index] == OUTLIER
        free.remove(index)


def test_a_cluster_that_is_not_labelled_yet_is_preferred_and_an_outlier_comes_last():
    features = [[0, 0], [0.1, 0], [0, 0.1], [50, 50], [50, 50.1], [50.1, 50], [900, 0]]
    query = query_with(features, [1, 1, 0, 0, 0, 0, 0], budget=5)
    chosen = GivenClusters([0, 0, 0, 1, 1, 1, -1]).select(query).indices.tolist()
    # The other cluster has two thirds of its slices labelled already.
    assert set(chosen[:2]) <= {3, 4, 5}
    assert chosen[-1] == 6
    scores = GivenClusters([0, 0, 0, 1, 1, 1, -1]).score_slices(query, np.array([2, 3, 6]))
    np.testing.assert_allclose(scores, [0.5 - 1, 0.5 - 0, -1])


@pytest.mark.parametrize("options", [{"algorithm": "kmeans", "n_clusters": 3}, {"bandwidth": "auto"}, {}])
def test_all_algorithms_find_well_separated_groups(options):
    rng = np.random.default_rng(0)
    truth = np.repeat([0, 1, 2], 20)
    features = np.array([[0, 0], [60, 0], [0, 60]])[truth] + rng.normal(size=(60, 2))
    labels = Clustering(ClusteringOptions(**options)).cluster(query_with(features, [0] * 60, 1))
    assert adjusted_rand_score(truth, labels) == 1.0


def test_slices_within_a_cluster_are_drawn_at_random():
    chosen = {
        int(GivenClusters([0] * 6).select(query_with(np.zeros((6, 1)), [0] * 6, 1, seed)).indices[0])
        for seed in range(60)
    }
    assert chosen == set(range(6))
