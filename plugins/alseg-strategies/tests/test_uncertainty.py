"""Uncertainty scores against literal sums over classes and pixels, and selections against a literal ranking."""

from math import log

import numpy as np
import pytest
import torch
from alseg_strategies.options import ClassScoreOptions, MarginOptions, PredictiveEntropyOptions
from alseg_strategies.ranking import rank
from alseg_strategies.uncertainty import Entropy, LeastConfidence, Margin, PredictiveEntropy
from hypothesis import given, settings
from hypothesis import strategies as st

from alcore import AlsegError, LabelSpace
from alcore.testing.pools import FixedPredictor, synthetic_predictor, synthetic_query

STRATEGIES = [
    (LeastConfidence, ClassScoreOptions),
    (Entropy, ClassScoreOptions),
    (PredictiveEntropy, PredictiveEntropyOptions),
    (Margin, MarginOptions),
]


def x_log_x(x):
    return 0.0 if x == 0 else x * log(x)


def literal_score(kind, p, alpha, multi_label, exclude_background=False):
    """Sum over pixels, one pixel and class at a time."""
    total = 0.0
    for i in range(p.shape[1]):
        for j in range(p.shape[2]):
            classes = [float(p[c, i, j]) for c in range(int(exclude_background), p.shape[0])]
            if kind is LeastConfidence:
                total -= sum(abs(alpha - x) for x in classes)
            elif kind is Entropy:
                total += sum(x_log_x(abs(alpha - x)) for x in classes)
            elif kind is PredictiveEntropy:
                total -= sum(x_log_x(x) + (x_log_x(1 - x) if multi_label else 0) for x in classes)
            elif multi_label:
                total += sum(1 - abs(x - (1 - x)) for x in classes) / len(classes)
            else:
                second, first = sorted(classes)[-2:]
                total += 1 - (first - second)
    return total


@pytest.mark.parametrize(("kind", "options"), STRATEGIES)
@pytest.mark.parametrize("multi_label", [False, True])
@pytest.mark.parametrize("reduction", ["sum", "mean"])
@given(seed=st.integers(0, 1000), batch_size=st.integers(1, 7), n_classes=st.integers(2, 4))
@settings(max_examples=5)
def test_scores_equal_the_literal_sum_whatever_the_batch(
    kind, options, multi_label, reduction, seed, batch_size, n_classes
):
    lengths = [2, 3, 1]
    predictor = synthetic_predictor(
        lengths, label_space=LabelSpace.numbered(n_classes, multi_label=multi_label), seed=seed, batch_size=batch_size
    )
    query = synthetic_query(
        lengths, budget=2, label_space=LabelSpace.numbered(n_classes, multi_label=multi_label), predictor=predictor
    )
    indices = np.random.default_rng(seed).permutation(6)
    strategy = kind(options(reduction=reduction))
    expected = []
    for index in indices:
        p = predictor._probabilities[index]
        score = literal_score(kind, p, query.label_space.alpha, multi_label)
        expected.append(score / (p.shape[1] * p.shape[2]) if reduction == "mean" else score)
    np.testing.assert_allclose(strategy.score_slices(query, indices), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(("kind", "options"), STRATEGIES[:3])
def test_the_background_can_be_excluded(kind, options):
    predictor = synthetic_predictor([3])
    query = synthetic_query([3], budget=1, predictor=predictor)
    scores = kind(options(exclude_background=True, reduction="sum")).score_slices(query, np.arange(3))
    expected = [
        literal_score(kind, p, query.label_space.alpha, False, exclude_background=True)
        for p in predictor._probabilities
    ]
    np.testing.assert_allclose(scores, expected, rtol=1e-4)


def test_excluding_the_background_of_multi_label_data_is_an_error_that_names_the_option():
    query = synthetic_query([3], budget=1, label_space=LabelSpace.numbered(3, multi_label=True))
    with pytest.raises(AlsegError, match="exclude_background"):
        Entropy(ClassScoreOptions(exclude_background=True)).select(query)


@pytest.mark.parametrize(("kind", "options"), STRATEGIES)
@pytest.mark.parametrize("multi_label", [False, True])
def test_an_undecided_slice_is_preferred_to_a_certain_one(kind, options, multi_label):
    certain = np.zeros((2, 4, 4), np.float32)
    certain[0] = 1
    undecided = np.full((2, 4, 4), 0.5, np.float32)
    leaning = np.stack([np.full((4, 4), 0.9, np.float32), np.full((4, 4), 0.1, np.float32)])
    predictor = FixedPredictor([certain, undecided, leaning])
    query = synthetic_query(
        [1, 1, 1], budget=2, label_space=LabelSpace.numbered(2, multi_label=multi_label), predictor=predictor
    )
    scores = kind(options()).score_slices(query, np.arange(3))
    assert kind(options()).select(query).indices[0] == 1
    assert scores[1] == scores.max()


def test_the_papers_entropy_is_not_monotone_in_doubt():
    """The reference of the difference that the docs show: [.5, .5, 0, 0] ranks as more certain than [1, 0, 0, 0]."""
    half = np.array([0.5, 0.5, 0, 0], np.float32).reshape(4, 1, 1)
    sure = np.array([1, 0, 0, 0], np.float32).reshape(4, 1, 1)
    predictor = FixedPredictor([half, sure])
    query = synthetic_query([1, 1], budget=1, label_space=LabelSpace.numbered(4), predictor=predictor)
    assert Entropy(ClassScoreOptions()).select(query).indices.tolist() == [1]
    assert PredictiveEntropy(PredictiveEntropyOptions()).select(query).indices.tolist() == [0]


def test_entropy_at_exactly_alpha_is_zero_and_not_nan():
    score = Entropy(ClassScoreOptions()).pixel_scores(torch.full((1, 2, 3, 3), 0.5), LabelSpace.numbered(2))
    assert score.tolist() == [[[0.0] * 3] * 3]


def literal_order(scores, scan, one_per_scan):
    left = list(range(len(scores)))
    order, seen = [], set()
    while left:
        allowed = [i for i in left if scan[i] not in seen] if one_per_scan else []
        best = max(allowed or left, key=lambda i: (scores[i], -i))
        order.append(best)
        seen.add(scan[best])
        left.remove(best)
    return order


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(-3, 3)), max_size=30), st.booleans())
def test_ranking_equals_choosing_the_best_one_by_one_ties_included(slices, one_per_scan):
    scan = np.array(sorted(s for s, _ in slices), np.int32)
    scores = np.array([score for _, score in slices], float)
    assert rank(scores, scan if one_per_scan else None).tolist() == literal_order(scores, scan, one_per_scan)


@given(st.lists(st.integers(1, 5), min_size=1, max_size=5), st.integers(1, 30), st.integers(0, 99))
@settings(max_examples=30)
def test_at_most_one_slice_per_scan_unless_the_scans_do_not_suffice(lengths, budget, seed):
    predictor = synthetic_predictor(lengths, seed=seed)
    query = synthetic_query(lengths, budget=budget, predictor=predictor)
    selection = LeastConfidence(ClassScoreOptions()).select(query)
    scans = query.scan[selection.indices]
    within = min(budget, len(lengths))
    assert len(set(scans[:within].tolist())) == within
    assert len(selection.indices) == min(budget, sum(lengths))
    np.testing.assert_allclose(
        selection.scores, LeastConfidence(ClassScoreOptions()).score_slices(query, selection.indices)
    )


def test_all_nan_predictions_stop_the_selection():
    nan = np.full((3, 4, 4), np.nan, np.float32)
    query = synthetic_query([2], budget=1, predictor=FixedPredictor([nan, nan]))
    for kind, options in STRATEGIES:
        with pytest.raises(AlsegError, match="NaN"):
            kind(options()).select(query)
