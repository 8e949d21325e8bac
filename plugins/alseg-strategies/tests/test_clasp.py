"""ClaSP PE against literal sums, its schedule and its division of the budget."""

from collections import Counter
from math import log

import numpy as np
import pytest
from alseg_strategies.clasp import ClaspPe, allocation, class_scores
from alseg_strategies.noise import noisy_order
from alseg_strategies.noise_options import ClaspOptions
from alseg_strategies.options import PredictiveEntropyOptions
from alseg_strategies.uncertainty import PredictiveEntropy

from alcore import LabelSpace
from alcore.testing.pools import FixedPredictor, synthetic_predictor, synthetic_query


@pytest.mark.parametrize("multi_label", [False, True])
def test_the_scores_equal_literal_sums(multi_label):
    space = LabelSpace.numbered(3, multi_label=multi_label)
    predictor = synthetic_predictor([3, 2], label_space=space, seed=4)
    query = synthetic_query([3, 2], budget=1, label_space=space, predictor=predictor)
    indices = np.array([4, 0, 2])
    classes = [0, 1, 2] if multi_label else [1, 2]
    for k, index in enumerate(indices):
        p = predictor._probabilities[index].astype(float)
        pixels = [p[:, i, j] for i in range(p.shape[1]) for j in range(p.shape[2])]
        entropies = [-sum(x * log(x) + ((1 - x) * log(1 - x) if multi_label else 0) for x in pixel) for pixel in pixels]
        expected = [
            sum(h * pixel[c] for h, pixel in zip(entropies, pixels, strict=True)) / len(pixels) for c in classes
        ]
        expected.append(sum(entropies) / len(pixels))
        np.testing.assert_allclose([s[k] for s in class_scores(query, indices)], expected, rtol=1e-6)


def test_beta_grows_as_in_the_paper():
    """Four queries: 1, 3.16, 10, 31.6; the value 100 would be that of a fifth."""
    strategy = ClaspPe(ClaspOptions())
    np.testing.assert_allclose([strategy.beta(k, 4) for k in (1, 2, 3, 4)], [1, 10**0.5, 10, 10**1.5])
    assert strategy.beta(6, 0) == pytest.approx(10)  # the fifth after the first of ten
    assert strategy.beta(50, 0) == pytest.approx(100)
    assert ClaspPe(ClaspOptions(schedule="fixed", beta=3)).beta(4, 4) == 3


def test_sixteen_slices_and_two_classes_are_five_five_and_six():
    assert allocation(16, 2, 0.66, np.random.default_rng(0)).tolist() == [5, 5, 6]


def test_the_whole_budget_is_divided_and_classes_differ_by_one_at_most():
    rng = np.random.default_rng(0)
    for count in range(1, 65):
        for n_classes in range(1, 16):
            shares = allocation(count, n_classes, 0.66, rng)
            assert shares.sum() == count
            assert shares[:-1].sum() == int(66 * count / 100)
            assert shares[:-1].max() - shares[:-1].min() <= 1


def test_without_noise_and_classes_it_is_predictive_entropy():
    query = [synthetic_query([9, 8], status=[1] + [0] * 16, budget=5) for _ in range(2)]
    options = ClaspOptions(ratio=0, schedule="fixed", beta=1e9)
    plain = PredictiveEntropy(PredictiveEntropyOptions(one_per_scan=False)).select(query[1])
    selection = ClaspPe(options).select(query[0])
    assert selection.indices.tolist() == plain.indices.tolist()
    np.testing.assert_allclose(selection.scores, plain.scores, rtol=1e-5)


def test_each_ranking_gives_its_share_in_the_order_that_is_drawn():
    """The same draws, a list at a time."""
    options = ClaspOptions(schedule="fixed", beta=2)
    query = synthetic_query([12, 9], budget=8, seed=5)
    chosen = ClaspPe(options).select(query).indices.tolist()
    rng = np.random.default_rng(5)
    scores = class_scores(query, query.candidates)
    shares = allocation(8, 2, 0.66, rng)
    orders = [noisy_order(score, "power", 2, rng).tolist() for score in scores]
    expected = []
    for number in rng.permutation(3):
        left = [i for i in orders[number] if i not in expected]
        expected += left[: shares[number]]
    assert chosen == expected


def test_a_slice_where_a_class_becomes_doubtful_rises():
    sure = np.zeros((3, 4, 4), np.float32)
    sure[0] = 0.98
    sure[1:] = 0.01
    doubtful = sure.copy()
    doubtful[:, :2] = np.array([0.5, 0.01, 0.49], np.float32)[:, None, None]
    hits = []
    for last in (sure, doubtful):
        found = 0
        for seed in range(40):
            query = synthetic_query([8], budget=2, seed=seed, predictor=FixedPredictor([sure] * 7 + [last]))
            found += 7 in ClaspPe(ClaspOptions(schedule="fixed", beta=4)).select(query).indices
        hits.append(found)
    assert hits[0] < 25
    assert hits[1] > 36


def test_a_limit_per_scan_spreads_each_ranking_over_scans_and_still_fills_the_budget():
    query = synthetic_query([10, 10], budget=4, seed=1)
    options = ClaspOptions(per_scan=1, ratio=1, schedule="fixed", beta=1e6)
    chosen = ClaspPe(options).select(query).indices
    assert Counter(query.scan[chosen].tolist()) == {0: 2, 1: 2}
    everything = synthetic_query([3, 3], budget=6)
    assert sorted(ClaspPe(options).select(everything).indices.tolist()) == list(range(6))
