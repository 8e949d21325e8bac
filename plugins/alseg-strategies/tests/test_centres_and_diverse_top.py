"""Slices nearest to cluster centres, and diversity among the top of a score."""

from collections import Counter

import numpy as np
import pytest
from alseg_strategies.centres import KMeansCentres, nearest_to_centres
from alseg_strategies.diverse_top import DiverseTop
from alseg_strategies.diversity_options import DiverseTopOptions, DiversityOptions
from alseg_strategies.squared_distance import squared_distance_sample
from scipy.stats import chisquare

from alcore import AlsegError
from alcore.testing.pools import FixedPredictor, synthetic_query


def query_with(features, status, budget, seed=0):
    features = np.asarray(features, np.float32)
    predictor = FixedPredictor([np.ones((3, 1, 1), np.float32) / 3] * len(features), features=features)
    return synthetic_query([len(features)], status=status, budget=budget, predictor=predictor, seed=seed)


class Scores:
    def __init__(self, values):
        self.values = np.array(values, float)

    def select(self, query):
        raise NotImplementedError

    def score_slices(self, query, indices):
        return self.values[indices]


GROUPS = np.array([[0, 0], [9, 0], [0, 9], [9, 9]])


def groups(rng, per_group=6):
    return np.repeat(GROUPS, per_group, axis=0) + rng.normal(scale=0.2, size=(4 * per_group, 2))


@pytest.mark.parametrize("seed", range(5))
def test_each_group_gives_the_slice_nearest_to_its_mean(seed):
    features = groups(np.random.default_rng(seed)).astype(np.float32)
    options = DiversityOptions(unit_length=False)
    chosen = KMeansCentres(options).select(query_with(features, [0] * 24, 4, seed)).indices
    expected = []
    for start in range(0, 24, 6):
        group = features[start : start + 6].astype(float)
        distance = [np.linalg.norm(x - group.mean(axis=0)) for x in group]
        expected.append(start + distance.index(min(distance)))
    if Counter(chosen // 6) == Counter(range(4)):  # k-means found the groups from these first centres
        assert sorted(chosen.tolist()) == expected
    else:
        assert seed not in (0, 1)


def test_the_largest_cluster_comes_first_and_equal_slices_fill_up():
    vectors = np.array([[0.0], [5], [5], [5], [0], [5]], np.float32)
    rows = nearest_to_centres(vectors, 4, np.random.default_rng(0))
    assert vectors[rows[:2], 0].tolist() == [5, 0]
    assert len(set(rows.tolist())) == 4


def test_a_heavier_slice_draws_the_centre_to_itself():
    vectors = np.array([[0.0], [1], [2], [3], [4]], np.float32)
    heavy = np.array([0.01, 0.01, 0.01, 0.01, 9])
    assert nearest_to_centres(vectors, 1, np.random.default_rng(0)).tolist() == [2]
    assert nearest_to_centres(vectors, 1, np.random.default_rng(0), heavy).tolist() == [4]


@pytest.mark.parametrize("method", ["farthest", "kmeans", "kmeans++"])
def test_a_factor_of_1_is_the_plain_top(method):
    rng = np.random.default_rng(0)
    scores, features = rng.normal(size=12), rng.normal(size=(12, 3))
    strategy = DiverseTop(DiverseTopOptions(factor=1, method=method), score=Scores(scores))
    selection = strategy.select(query_with(features, [1, 1] + [0] * 10, 5))
    assert set(selection.indices.tolist()) == {int(i) + 2 for i in np.argsort(-scores[2:])[:5]}
    np.testing.assert_array_equal(selection.scores, scores[selection.indices])


@pytest.mark.parametrize("method", ["farthest", "kmeans", "kmeans++"])
def test_of_the_top_one_of_each_group_is_chosen_and_a_better_score_rises(method):
    rng = np.random.default_rng(1)
    features, scores = groups(rng) + 20, rng.random(24)
    scores[[1, 7, 13, 19, 2, 8, 14, 20]] += 1  # two of each group
    strategy = DiverseTop(DiverseTopOptions(factor=2, method=method), score=Scores(scores))
    hits = 0
    for seed in range(10):
        chosen = strategy.select(query_with(features, [0] * 24, 4, seed)).indices
        assert (scores[chosen] > 1).all()
        hits += len(set(chosen // 6)) == 4
    assert hits >= 7


def test_farthest_starts_at_the_longest_vector_of_features_divided_by_their_spread():
    features = np.array([[1.0, 100], [2, 100], [3, 101], [1, 102], [9, 100], [1, 100]])
    strategy = DiverseTop(DiverseTopOptions(factor=6, method="farthest"), score=Scores(np.arange(6.0)[::-1]))
    chosen = strategy.select(query_with(features, [0] * 6, 3)).indices.tolist()
    alike = features / (features.std(axis=0) + 1e-6)
    expected = [int(np.argmax([np.sqrt(sum(x**2)) for x in alike]))]
    while len(expected) < 3:
        reach = [min(np.linalg.norm(x - alike[j]) for j in expected) for x in alike]
        expected.append(int(np.argmax(reach)))
    assert chosen == expected


def test_kmeans_plus_plus_draws_by_squared_distance():
    """From the longest vector, 4, the others are at squared distances 16, 9, 1: chi-square over 4,000 draws."""
    vectors = np.array([[0.0], [1], [3], [4]], np.float32)
    rng = np.random.default_rng(0)
    second = Counter(int(squared_distance_sample(vectors, 2, rng)[1]) for _ in range(4_000))
    expected = [4_000 * share / 26 for share in (16, 9, 1)]
    assert chisquare([second[0], second[1], second[2]], expected).pvalue > 1e-3


def test_a_score_that_is_none_is_named():
    with pytest.raises(AlsegError, match="'diverse-top', option 'score'"):
        DiverseTop(DiverseTopOptions(score="random"), score=type("NoScore", (), {"select": lambda s, q: None})())
