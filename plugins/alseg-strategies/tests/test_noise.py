"""Noisy scores against the exact probabilities of drawing without replacement."""

from collections import Counter
from math import exp

import numpy as np
import pytest
from alseg_strategies.noise import Noisy, noisy_order
from alseg_strategies.noise_options import NoisyOptions, PowerOptions, StochasticBatchesOptions
from alseg_strategies.stochastic_batches import StochasticBatches
from scipy.stats import chisquare

from alcore import AlsegError
from alcore.testing.pools import synthetic_query

SCORES = np.array([0.4, 0.1, 0.9, 0.2, 0.5])
WEIGHTS = {
    "power": lambda beta: SCORES**beta,
    "softmax": lambda beta: np.array([exp(beta * s) for s in SCORES]),
    "softrank": lambda beta: np.array([3, 5, 1, 4, 2.0]) ** -beta,
}


class Scores:
    def __init__(self, values):
        self.values = np.array(values, float)

    def select(self, query):
        raise NotImplementedError

    def score_slices(self, query, indices):
        return self.values[indices]


@pytest.mark.parametrize("kind", WEIGHTS)
@pytest.mark.parametrize("beta", [1.0, 2.5])
def test_first_and_second_draws_have_the_probabilities_of_drawing_without_replacement(kind, beta):
    rng = np.random.default_rng(0)
    n = 20_000
    pairs = Counter(tuple(noisy_order(SCORES, kind, beta, rng)[:2].tolist()) for _ in range(n))
    share = WEIGHTS[kind](beta) / WEIGHTS[kind](beta).sum()
    expected = {(i, j): share[i] * share[j] / (1 - share[i]) for i in range(5) for j in range(5) if i != j}
    frequent = [pair for pair, p in expected.items() if n * p >= 5]
    rare = [n - sum(pairs[pair] for pair in frequent), n * (1 - sum(expected[pair] for pair in frequent))]
    observed, wanted = [pairs[pair] for pair in frequent], [n * expected[pair] for pair in frequent]
    if rare[1] > 1e-6:
        observed, wanted = [*observed, rare[0]], [*wanted, rare[1]]
    assert chisquare(observed, wanted).pvalue > 1e-4


def test_the_scale_of_a_score_does_not_matter_to_power_noise():
    orders = [noisy_order(SCORES * scale, "power", 2, np.random.default_rng(7)).tolist() for scale in (1, 1000)]
    assert orders[0] == orders[1]


@pytest.mark.parametrize("kind", WEIGHTS)
def test_much_beta_is_the_ranking_and_a_slice_made_better_rises(kind):
    rng = np.random.default_rng(0)
    assert noisy_order(SCORES, kind, 1e6, rng).tolist() == [2, 4, 0, 3, 1]
    better = SCORES.copy()
    better[1] = 2
    first = [
        sum(noisy_order(s, kind, 1, np.random.default_rng(k))[0] == 1 for k in range(300)) for s in (SCORES, better)
    ]
    assert first[1] > first[0] + 30


def test_scores_of_zero_come_last_at_random():
    scores = np.array([0, 0.3, 0, 0, 0.1])
    last = Counter()
    for seed in range(3000):
        order = noisy_order(scores, "power", 1, np.random.default_rng(seed)).tolist()
        assert set(order[:2]) == {1, 4}
        last[order[-1]] += 1
    assert chisquare([last[0], last[2], last[3]]).pvalue > 1e-4


def test_a_strategy_draws_among_candidates_and_keeps_the_scores():
    strategy = Noisy(NoisyOptions(), score=Scores([9, 0.2, 0.5, 0.1, 0.3]))
    query = synthetic_query([5], status=[1, 0, 0, 2, 0], budget=4)
    selection = strategy.select(query)
    assert set(selection.indices[:3].tolist()) == {1, 2, 4}
    assert selection.indices[3] == 3
    np.testing.assert_array_equal(selection.scores, [strategy._scoring.values[i] for i in selection.indices])


def test_power_noise_refuses_negative_scores_and_points_to_softrank():
    with pytest.raises(AlsegError, match="scores of at least 0") as error:
        Noisy(PowerOptions(), score=Scores([-1, 0, 1])).select(synthetic_query([3], budget=1))
    assert "softrank" in error.value.hint
    softrank = Noisy(NoisyOptions(kind="softrank"), score=Scores([-1, 0, 1]))
    assert len(softrank.select(synthetic_query([3], budget=2)).indices) == 2


@pytest.mark.parametrize("aggregate", ["mean", "max"])
def test_the_group_taken_is_the_best_of_the_same_shuffle(aggregate):
    scores = np.random.default_rng(0).random(23)
    strategy = StochasticBatches(StochasticBatchesOptions(aggregate=aggregate), score=Scores(scores))
    for seed in range(20):
        shuffled = np.random.default_rng(seed).permutation(23).tolist()
        groups = [shuffled[start : start + 5] for start in (0, 5, 10, 15)]  # the last three are no group
        worth = [max(scores[g]) if aggregate == "max" else sum(scores[g]) / 5 for g in groups]
        expected = groups[worth.index(max(worth))]
        assert strategy.select(synthetic_query([23], budget=5, seed=seed)).indices.tolist() == expected


def test_small_groups_are_taken_best_first_until_the_budget_is_full():
    scores = np.arange(8.0)
    strategy = StochasticBatches(StochasticBatchesOptions(group_size=2), score=Scores(scores))
    shuffled = np.random.default_rng(3).permutation(8)
    by_sum = sorted(shuffled.reshape(4, 2).tolist(), key=lambda g: -sum(scores[g]))
    expected = [*by_sum[0], *by_sum[1], by_sum[2][0]]
    assert strategy.select(synthetic_query([8], budget=5, seed=3)).indices.tolist() == expected


def test_equal_scores_are_drawn_uniformly():
    strategy = StochasticBatches(StochasticBatchesOptions(), score=Scores(np.ones(7)))
    counts = np.zeros(7)
    for seed in range(1500):
        counts[strategy.select(synthetic_query([7], budget=2, seed=seed)).indices] += 1
    assert chisquare(counts).pvalue > 1e-4


def test_a_better_slice_makes_its_group_rise():
    chosen = []
    for worth in (0.0, 5.0):
        scores = np.zeros(12)
        scores[4] = worth
        strategy = StochasticBatches(StochasticBatchesOptions(), score=Scores(scores))
        chosen.append(
            sum(4 in strategy.select(synthetic_query([12], budget=3, seed=seed)).indices for seed in range(100))
        )
    assert chosen[0] < 60
    assert chosen[1] == 100
