"""Features, distances and their ranking against scikit-learn, scipy and literal loops."""

import numpy as np
import pytest
from alseg_strategies.distance import Distance, mean_distance
from alseg_strategies.features import principal_components, reduced_features
from alseg_strategies.options import DistanceOptions, FeatureOptions
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from sklearn.decomposition import PCA

from alcore import AlsegError, LabelSpace
from alcore.testing.pools import FixedPredictor, synthetic_predictor, synthetic_query


def query_with(features, status, budget):
    tiny = np.ones((2, 1, 1), np.float32) / 2
    predictor = FixedPredictor([tiny] * len(features), features=np.asarray(features, np.float32))
    return synthetic_query(
        [len(features)], status=status, budget=budget, label_space=LabelSpace.numbered(2), predictor=predictor
    )


@given(st.integers(2, 60), st.integers(1, 30), st.integers(1, 12), st.integers(0, 99))
@settings(max_examples=40)
def test_the_components_equal_those_of_scikit_learn_but_for_their_sign(n, n_features, n_components, seed):
    vectors = np.random.default_rng(seed).normal(3, 5, size=(n, n_features)).astype(np.float32)
    ours = principal_components(vectors, vectors.mean(axis=0, dtype=np.float64), n_components)
    k = min(n, n_features, n_components)
    theirs = PCA(k, svd_solver="full").fit_transform(vectors.astype(np.float64))
    assert ours.shape == (n, min(n_features, n_components))
    np.testing.assert_allclose(np.abs(ours[:, :k]), np.abs(theirs), atol=2e-2)


@given(st.integers(1, 20), st.integers(1, 20), st.sampled_from(["euclidean", "cosine"]), st.integers(0, 99))
@settings(max_examples=40)
def test_mean_distances_equal_scipy(n, m, metric, seed):
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=(n, 10)).astype(np.float32), rng.normal(size=(m, 10)).astype(np.float32)
    np.testing.assert_allclose(mean_distance(a, b, metric), cdist(a, b, metric).mean(axis=1), rtol=1e-4, atol=1e-6)


def test_the_slice_far_from_the_labelled_ones_is_preferred():
    features = np.array([[0, 0], [0.1, 0], [0, 0.2], [9, 9], [1, 1]])
    query = query_with(features, [1, 0, 0, 0, 0], budget=2)
    assert Distance(DistanceOptions()).select(query).indices.tolist() == [3, 4]


def test_the_greedy_variant_does_not_choose_a_slice_beside_the_last_one():
    features = np.array([[0, 0], [10, 0], [10, 0.1], [-9, 0]])
    query = query_with(features, [1, 0, 0, 0], budget=2)
    assert Distance(DistanceOptions()).select(query).indices.tolist() == [2, 1]
    assert Distance(DistanceOptions(greedy=True)).select(query).indices.tolist() == [2, 3]


@given(
    st.lists(st.sampled_from([0, 0, 0, 1, 2]), min_size=3, max_size=25),
    st.integers(1, 30),
    st.booleans(),
    st.sampled_from(["euclidean", "cosine"]),
    st.integers(0, 50),
)
@settings(max_examples=60)
def test_every_choice_has_the_highest_mean_distance_at_its_time(status, budget, greedy, metric, seed):
    status[0], status[1] = 1, 0
    # Few distinct values make ties.
    features = np.random.default_rng(seed).integers(-2, 3, size=(len(status), 3))
    query = query_with(features, status, budget)
    selection = Distance(DistanceOptions(greedy=greedy, metric=metric)).select(query)
    reduced = reduced_features(query, FeatureOptions(), label="test").astype(np.float64)
    if metric == "cosine":
        # scipy has no cosine distance of a zero vector.
        reduced[np.linalg.norm(reduced, axis=1) == 0] = 0
    labelled = [i for i, s in enumerate(status) if s == 1]
    left = [i for i, s in enumerate(status) if s == 0]
    later = [i for i, s in enumerate(status) if s == 2]
    assert len(selection.indices) == min(budget, len(left) + len(later))
    for chosen, score in zip(selection.indices.tolist(), selection.scores, strict=True):
        left, later = (left, later) if left else (later, [])
        distance = {i: np.mean([literal_distance(reduced[i], reduced[j], metric) for j in labelled]) for i in left}
        assert distance[chosen] == pytest.approx(max(distance.values()), abs=1e-4)
        assert score == pytest.approx(distance[chosen], abs=1e-4)
        left.remove(chosen)
        if greedy:
            labelled.append(chosen)


def literal_distance(a, b, metric):
    if metric == "euclidean":
        return float(np.sqrt(sum((x - y) ** 2 for x, y in zip(a, b, strict=True))))
    norm = np.sqrt(sum(a**2)) * np.sqrt(sum(b**2))
    return 1.0 if norm == 0 else float(1 - sum(a * b) / norm)


def test_image_features_do_not_need_a_model_and_do_not_depend_on_the_batch():
    one, two = (synthetic_predictor([3, 4], batch_size=size) for size in (1, 3))
    features = [
        reduced_features(synthetic_query([3, 4], budget=1, predictor=p), FeatureOptions(features="image"), label="test")
        for p in (one, two)
    ]
    assert one.requested.sum() == 0
    np.testing.assert_allclose(*features, rtol=1e-5, atol=1e-5)


def test_a_model_without_a_feature_layer_is_an_error_that_names_strategy_and_option():
    query = synthetic_query([3], budget=1, status=[1, 0, 0], predictor=FixedPredictor([np.ones((2, 1, 1))] * 3))
    with pytest.raises(AlsegError, match="'distance', option 'features'") as error:
        Distance(DistanceOptions()).select(query)
    assert "image" in error.value.hint


def test_features_that_are_not_finite_are_an_error():
    query = query_with([[0.0], [np.nan], [1.0]], [1, 0, 0], budget=1)
    with pytest.raises(AlsegError, match="not finite"):
        Distance(DistanceOptions()).select(query)


def test_without_a_labelled_slice_there_is_no_distance():
    with pytest.raises(AlsegError, match="none is labelled"):
        Distance(DistanceOptions()).select(query_with([[0.0], [1.0]], [0, 0], budget=1))
