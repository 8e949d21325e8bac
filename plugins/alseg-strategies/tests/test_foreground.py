"""Foreground-aware random draws: literal weights, exact probabilities, and no label that was not paid for."""

from math import exp

import numpy as np
import pytest
from alseg_strategies.foreground import ForegroundRandom, position_shares, predicted_pixels
from alseg_strategies.options import ForegroundRandomOptions
from scipy.stats import chisquare

from alcore import LabelSpace
from alcore.testing.pools import FixedPredictor, synthetic_predictor, synthetic_query


def slice_of(counts):
    """A prediction of 10 pixels with so many of each class."""
    classes = np.repeat(np.arange(len(counts)), counts)
    return np.eye(len(counts), dtype=np.float32)[classes].T.reshape(len(counts), 2, 5)


def query_of(pixels, lengths, budget, *, status=None, known=None, seed=0):
    predictor = FixedPredictor([slice_of(counts) for counts in pixels])
    return synthetic_query(lengths, budget=budget, status=status, known=known, seed=seed, predictor=predictor)


def test_pixels_of_each_class_are_counted():
    query = query_of([(7, 3, 0), (10, 0, 0), (1, 4, 5)], [3], 1)
    assert predicted_pixels(query, np.array([2, 0])).tolist() == [[4, 5], [3, 0]]
    space = LabelSpace.numbered(2, multi_label=True)
    predictor = synthetic_predictor([4], label_space=space)
    query = synthetic_query([4], budget=1, label_space=space, predictor=predictor)
    expected = [[int((p[c] > 0.5).sum()) for c in range(2)] for p in predictor._probabilities]
    assert predicted_pixels(query, np.arange(4)).tolist() == expected


def test_the_shares_by_position_equal_literal_sums():
    known = {1: np.array([[0, 1]], np.uint8), 6: np.array([[2, 1]], np.uint8), 3: np.array([[0, 0]], np.uint8)}
    status = [0, 1, 0, 1, 0, 0, 1, 0, 0]
    query = synthetic_query([4, 5], budget=1, status=status, known=known)
    place = [0.125, 0.375, 0.625, 0.875, 0.1, 0.3, 0.5, 0.7, 0.9]
    holds = {1: (1, 0), 3: (0, 0), 6: (1, 1)}
    for index, shares in zip([0, 8, 5], position_shares(query, np.array([0, 8, 5])), strict=True):
        for c in range(2):
            overall = (sum(h[c] for h in holds.values()) + 1) / 5
            near = {row: exp(-((place[index] - place[row]) ** 2) / (2 * 0.1**2)) for row in holds}
            total = sum(near[row] * holds[row][c] for row in holds)
            assert shares[c] == pytest.approx((total + 2 * overall) / (sum(near.values()) + 2))


def test_draws_have_the_exact_probabilities_of_scan_class_and_pixels():
    """One scan of five slices; of each class 1 in 2, then by pixels; nothing is uniform with share 1."""
    pixels = [(10, 0, 0), (8, 2, 0), (4, 6, 0), (9, 0, 1), (1, 0, 9)]
    strategy = ForegroundRandom(ForegroundRandomOptions(source="prediction", share=1))
    counts = np.zeros(5)
    for seed in range(2000):
        counts[strategy.select(query_of(pixels, [5], 1, seed=seed)).indices] += 1
    expected = 2000 * np.array([0, 0.5 * 2 / 8, 0.5 * 6 / 8, 0.5 * 1 / 10, 0.5 * 9 / 10])
    assert counts[0] == 0
    assert chisquare(counts[1:], expected[1:]).pvalue > 1e-4


def test_scans_take_turns_and_those_without_foreground_give_any_slice():
    pixels = [(10, 0, 0)] * 4 + [(5, 5, 0), (10, 0, 0), (10, 0, 0), (10, 0, 0)]
    strategy = ForegroundRandom(ForegroundRandomOptions(source="prediction", share=1))
    first = np.zeros(4)
    for seed in range(400):
        query = query_of(pixels, [4, 4], 2, seed=seed)
        chosen = strategy.select(query).indices
        assert sorted(query.scan[chosen]) == [0, 1]
        assert 4 in chosen
        first[chosen[chosen < 4]] += 1
    assert chisquare(first).pvalue > 1e-4


def test_without_an_aware_share_it_is_uniform():
    strategy = ForegroundRandom(ForegroundRandomOptions(source="prediction", share=0))
    counts = np.zeros(6)
    for seed in range(600):
        query = query_of([(0, 10, 0)] + [(10, 0, 0)] * 5, [6], 2, seed=seed)
        counts[strategy.select(query).indices] += 1
    assert chisquare(counts).pvalue > 1e-4


def test_a_model_that_sees_nearly_nothing_leaves_the_choice_to_position():
    known = {0: np.ones((2, 5), np.uint8)}
    strategy = ForegroundRandom(ForegroundRandomOptions())
    blind = synthetic_query(
        [4], budget=1, status=[1, 0, 0, 0], known=known, predictor=FixedPredictor([slice_of((10, 0, 0))] * 4)
    )
    np.testing.assert_array_equal(strategy.weights(blind, np.arange(1, 4)), position_shares(blind, np.arange(1, 4)))
    seeing = [slice_of((10, 0, 0)), slice_of((0, 10, 0)), slice_of((0, 5, 5)), slice_of((0, 0, 10))]
    query = synthetic_query([4], budget=1, status=[1, 0, 0, 0], known=known, predictor=FixedPredictor(seeing))
    expected = position_shares(query, np.arange(1, 4)) * np.array([[10, 0], [5, 5], [0, 10]])
    np.testing.assert_allclose(strategy.weights(query, np.arange(1, 4)), expected)


def test_a_slice_in_which_foreground_appears_rises():
    strategy, hits = ForegroundRandom(ForegroundRandomOptions(source="prediction")), []
    for last in ((10, 0, 0), (2, 8, 0)):
        pixels = [(10, 0, 0)] * 9 + [last]
        hits.append(sum(9 in strategy.select(query_of(pixels, [10], 2, seed=s)).indices for s in range(200)))
    assert hits[1] > hits[0] + 100


def test_it_asks_for_no_label_that_was_not_paid_for():
    """Every look at another label is a LookupError."""
    known = {2: np.zeros((2, 5), np.uint8)}
    query = query_of([(5, 5, 0)] * 6, [3, 3], 4, status=[0, 0, 1, 0, 0, 0], known=known)
    assert len(ForegroundRandom(ForegroundRandomOptions()).select(query).indices) == 4
    with pytest.raises(LookupError):
        query.known.voxels(query.candidates)
