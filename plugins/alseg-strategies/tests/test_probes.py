"""Pools on which strategies of other tools crash, repeat a slice or choose too few: every strategy of the package."""

import numpy as np
import pytest
from alseg_strategies.plugin import register_strategies

from alcore import Registry, StrategySpec
from alcore.testing.pools import THREE_CLASSES, FixedPredictor, synthetic_query

REGISTRY = Registry.installed()
NAMES = [spec.name for spec in register_strategies()]
SIZE = (3, 5, 4)


def one_hot(n, classes):
    """Slices that are sure of one class everywhere."""
    p = np.zeros((n, *SIZE), np.float32)
    p[np.arange(n), classes] = 1
    return p


def random_probabilities(n, classes=3):
    weights = np.random.default_rng(5).random((n, *SIZE)).astype(np.float32)
    weights[:, classes:] = 0
    return weights / weights.sum(axis=1, keepdims=True)


PAID = {row: np.full((5, 4), row // 4 % 3, np.uint8) for row in (0, 4, 8, 12)}
RNG = np.random.default_rng(1)
POOLS = {
    "every score is zero": ([8, 8], one_hot(16, 0), RNG.normal(size=(16, 6))),
    "sure of one class each": ([8, 8], one_hot(16, np.arange(16) % 3), RNG.normal(size=(16, 6))),
    "a class never predicted": ([8, 8], random_probabilities(16, classes=2), RNG.normal(size=(16, 6))),
    "all slices alike": ([8, 8], np.full((16, *SIZE), 1 / 3, np.float32), np.ones((16, 6))),
    "features of zero": ([8, 8], random_probabilities(16), np.zeros((16, 6))),
    "two features only": ([8, 8], random_probabilities(16), np.arange(16)[:, None] % 2 * np.ones((16, 6))),
    "one scan": ([16], random_probabilities(16), RNG.normal(size=(16, 6))),
    "a scan a slice": ([1] * 16, random_probabilities(16), RNG.normal(size=(16, 6))),
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("pool", POOLS)
def test_the_budget_is_filled_with_slices_that_have_no_label(name, pool):
    lengths, probabilities, features = POOLS[pool]
    component = REGISTRY.get(StrategySpec, name)
    strategy = REGISTRY.build(component, component.parse_options({}))
    for budget in (5, 40):
        predictor = FixedPredictor(
            list(probabilities),
            [np.ones((1, 5, 4), np.float32)] * 16,
            features.astype(np.float32),
            members=[np.stack([p, p, p]) for p in probabilities],  # who agree about everything
        )
        query = synthetic_query(
            lengths, status=[1, 0, 0, 2] * 4, budget=budget, label_space=THREE_CLASSES, predictor=predictor, known=PAID
        )
        selection = strategy.select(query)
        chosen = selection.indices.tolist()
        assert len(set(chosen)) == len(chosen) == min(budget, 12)
        assert set(chosen) <= set(query.candidates.tolist())
        assert selection.scores is None or np.isfinite(selection.scores).all()
