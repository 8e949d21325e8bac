"""Coverage strategies against literal greedy loops, and against the best set by enumeration."""

from itertools import combinations
from math import exp

import numpy as np
import pytest
from alseg_strategies.coverage import FacilityLocation, MaxHerding, ProbCover
from alseg_strategies.diversity_options import MaxHerdingOptions, ProbCoverOptions, SampledOptions
from hypothesis import given, settings
from hypothesis import strategies as st

from alcore.testing.pools import FixedPredictor, synthetic_query


def query_with(features, status, budget, seed=0):
    features = np.asarray(features, np.float32)
    predictor = FixedPredictor([np.ones((3, 1, 1), np.float32) / 3] * len(features), features=features)
    return synthetic_query([len(features)], status=status, budget=budget, predictor=predictor, seed=seed)


def unit(features):
    return [x / np.linalg.norm(x) for x in np.asarray(features, np.float32).astype(float)]


SIMILARITIES = {
    "max-herding": (
        lambda: MaxHerding(MaxHerdingOptions(gamma=2)),
        lambda x, y: exp(-2 * sum((a - b) ** 2 for a, b in zip(x, y, strict=True))),
    ),
    "facility-location": (
        lambda: FacilityLocation(SampledOptions()),
        lambda x, y: max(0.0, sum(a * b for a, b in zip(x, y, strict=True))),
    ),
    "probcover": (
        lambda: ProbCover(ProbCoverOptions(delta=0.7)),
        lambda x, y: float(sum((a - b) ** 2 for a, b in zip(x, y, strict=True)) < 0.7**2),
    ),
}


def coverage(vectors, similarity, chosen):
    if not chosen:
        return 0.0
    return sum(max(similarity(x, vectors[j]) for j in chosen) for x in vectors) / len(vectors)


@pytest.mark.parametrize("name", SIMILARITIES)
@given(seed=st.integers(0, 999), n_labelled=st.integers(0, 3))
@settings(max_examples=12)
def test_every_choice_gains_as_much_as_any_slice_could(name, seed, n_labelled):
    build, similarity = SIMILARITIES[name]
    features = np.random.default_rng(seed).normal(size=(14, 3))
    status = [1] * n_labelled + [0] * (14 - n_labelled)
    selection = build().select(query_with(features, status, 5, seed))
    vectors, chosen = unit(features), list(range(n_labelled))
    for index, score in zip(selection.indices.tolist(), selection.scores, strict=True):
        before = coverage(vectors, similarity, chosen)
        gains = {i: coverage(vectors, similarity, [*chosen, i]) - before for i in range(14) if i not in chosen}
        assert gains[index] == pytest.approx(max(gains.values()), abs=1e-6)
        assert score == pytest.approx(gains[index], abs=1e-6)
        chosen.append(index)


@pytest.mark.parametrize("name", SIMILARITIES)
@pytest.mark.parametrize("seed", range(3))
def test_the_greedy_choice_reaches_what_theory_promises(name, seed):
    build, similarity = SIMILARITIES[name]
    features = np.random.default_rng(seed).normal(size=(9, 3))
    vectors = unit(features)
    chosen = build().select(query_with(features, [0] * 9, 3)).indices.tolist()
    best = max(coverage(vectors, similarity, some) for some in combinations(range(9), 3))
    assert coverage(vectors, similarity, chosen) >= (1 - 1 / np.e) * best


@pytest.mark.parametrize("name", SIMILARITIES)
def test_a_slice_in_a_crowd_is_preferred_to_a_lonely_one_and_a_covered_crowd_to_none(name):
    build, _ = SIMILARITIES[name]
    crowd = np.array([1, 0, 0]) + np.random.default_rng(0).normal(scale=0.05, size=(6, 3))
    pair = np.array([0, 1, 0]) + np.random.default_rng(1).normal(scale=0.05, size=(2, 3))
    features = [*crowd, *pair, [0, 0, 1]]
    assert build().select(query_with(features, [0] * 9, 1)).indices[0] in range(6)
    covered = build().select(query_with(features, [1] + [0] * 8, 2)).indices.tolist()
    assert covered[0] in (6, 7)
    assert covered[1] == 8


def test_when_all_is_covered_probcover_goes_on_farthest_first():
    features = np.array([[0.0], [1.0], [2.0], [3.5], [3.0]])
    options = ProbCoverOptions(delta=100, unit_length=False)
    assert ProbCover(options).select(query_with(features, [1, 0, 0, 0, 0], 2)).indices.tolist() == [3, 2]


def test_the_automatic_radius_keeps_balls_within_their_clusters():
    """Four tight groups, 10 apart at least: no ball of that radius holds points of two of them."""
    centres = np.array([[0, 0], [10, 0], [0, 10], [10, 10]])
    features = np.repeat(centres, 5, axis=0) + np.random.default_rng(4).normal(scale=0.1, size=(20, 2))
    options = ProbCoverOptions(clusters=4, purity=1, unit_length=False)
    selection = ProbCover(options).select(query_with(features, [0] * 20, 4))
    assert sorted(selection.indices // 5) == [0, 1, 2, 3]
    np.testing.assert_allclose(selection.scores, [0.25] * 4)


def test_on_a_larger_pool_a_sample_stands_for_it():
    features = np.random.default_rng(0).normal(size=(300, 3))
    options = SampledOptions(sample=100)
    answers = {
        tuple(FacilityLocation(options).select(query_with(features, [0] * 300, 3, seed)).indices) for seed in range(4)
    }
    assert len(answers) > 1
    assert len(FacilityLocation(options).select(query_with(features, [0] * 300, 150)).indices) == 150
