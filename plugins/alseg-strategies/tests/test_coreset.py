"""Greedy k-centre against a literal loop and against the best choice by enumeration."""

from itertools import combinations

import numpy as np
import pytest
from alseg_strategies.coreset import Coreset
from alseg_strategies.diversity_options import CoresetOptions
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from alcore import Registry, StrategySpec
from alcore.testing.pools import FixedPredictor, synthetic_predictor, synthetic_query


def query_with(features, status, budget, seed=0):
    features = np.asarray(features, np.float32)
    predictor = FixedPredictor([np.ones((3, 1, 1), np.float32) / 3] * len(features), features=features)
    return synthetic_query([len(features)], status=status, budget=budget, predictor=predictor, seed=seed)


def literal_k_centre(features, labelled, candidates, budget):
    centres, left, chosen = list(labelled), list(candidates), []
    while left and len(chosen) < budget:
        reach = [min(np.linalg.norm(features[i] - features[j]) for j in centres) for i in left]
        best = left[reach.index(max(reach))]
        chosen.append(best)
        centres.append(best)
        left.remove(best)
    return chosen


@given(st.integers(2, 30), st.integers(1, 12), st.integers(0, 999))
@settings(max_examples=40)
def test_the_choice_equals_the_literal_loop_ties_in_pool_order(n, budget, seed):
    rng = np.random.default_rng(seed)
    features = rng.integers(-3, 4, size=(n, 2)).astype(float)  # few distinct values make ties
    status = rng.integers(0, 2, size=n)
    status[0], status[1] = 1, 0
    selection = Coreset(CoresetOptions()).select(query_with(features, status, budget))
    literal = literal_k_centre(features, np.flatnonzero(status == 1), np.flatnonzero(status == 0), budget)
    assert selection.indices.tolist() == literal


@given(st.integers(5, 11), st.integers(1, 4), st.integers(0, 999))
@settings(max_examples=20)
def test_the_radius_is_at_most_twice_the_least_possible(n, budget, seed):
    features = np.random.default_rng(seed).normal(size=(n, 2))
    pairs = cdist(features, features)
    chosen = Coreset(CoresetOptions()).select(query_with(features, [1] + [0] * (n - 1), budget)).indices
    least = min(pairs[:, [0, *some]].min(axis=1).max() for some in combinations(range(1, n), budget))
    assert pairs[:, [0, *chosen]].min(axis=1).max() <= 2 * least + 1e-6


def test_without_a_label_the_first_slice_is_the_one_nearest_to_the_mean():
    features = [[0, 0], [10, 0], [4, 1], [0, 10], [4, 4]]  # the mean is (3.6, 3)
    selection = Coreset(CoresetOptions()).select(query_with(features, [0] * 5, 3))
    assert selection.indices.tolist() == [4, 1, 3]
    np.testing.assert_allclose(selection.scores, [np.hypot(6, 4), np.hypot(6, 4), np.hypot(4, 6)])


def test_a_slice_moved_away_from_the_labelled_ones_rises():
    features = np.random.default_rng(3).normal(size=(8, 3))
    status = [1, 1] + [0] * 6
    before = Coreset(CoresetOptions()).score_slices(query_with(features, status, 1), np.arange(8))
    features[5] *= 50
    query = query_with(features, status, 1)
    after = Coreset(CoresetOptions()).score_slices(query, np.arange(8))
    assert after[5] > before[5]
    assert before[[0, 1]].tolist() == [0, 0]
    assert Coreset(CoresetOptions()).select(query).indices.tolist() == [5]


def test_lengths_do_not_count_where_vectors_are_scaled():
    features = [[1, 0], [900, 0], [0, 1]]
    assert Coreset(CoresetOptions()).select(query_with(features, [1, 0, 0], 1)).indices.tolist() == [1]
    unit = CoresetOptions(unit_length=True)
    assert Coreset(unit).select(query_with(features, [1, 0, 0], 1)).indices.tolist() == [2]


def test_fewer_components_of_features_that_vary_along_one_line_choose_alike():
    line = np.random.default_rng(2).normal(size=20)[:, None] * np.array([1.0, 2, -1])
    query = query_with(line, [1] + [0] * 19, 6)
    whole, reduced = (Coreset(CoresetOptions(components=k)).select(query).indices for k in (None, 1))
    assert whole.tolist() == reduced.tolist()


@pytest.mark.parametrize("batch_size", [1, 3])
def test_image_features_choose_the_first_slices_without_a_model(batch_size):
    predictor = synthetic_predictor([4, 5], batch_size=batch_size)
    query = synthetic_query([4, 5], budget=4, predictor=predictor, round=0)
    chosen = Coreset(CoresetOptions(features="image")).select(query).indices
    assert len(set(chosen.tolist())) == 4
    assert predictor.requested.sum() == 0


@pytest.mark.parametrize(
    "name", ["coreset", "max-herding", "probcover", "facility-location", "typiclust", "kmeans-centres"]
)
def test_with_image_features_a_strategy_needs_nothing_so_that_it_can_choose_the_first_slices(name):
    component = Registry.installed().get(StrategySpec, name)
    assert component.spec.needs_with(component.parse_options({"features": "image"})) == frozenset()
    assert component.spec.needs_with(component.parse_options({})) == {"model", "features"}
