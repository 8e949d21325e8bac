"""Strategies with chance and with committees choose patches that do not overlap."""

from dataclasses import replace

import numpy as np
import pytest

from alcore import Registry, StrategySpec, Units
from alcore.testing.pools import FixedPredictor, synthetic_query

NAMES = ["noisy", "softrank-bald", "stochastic-batches", "variation-ratio", "committee-dice"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", range(3))
def test_no_chosen_patches_overlap_and_none_that_would_fit_is_left(name, seed):
    patches = Units.patches(np.array([[4, 8, 8], [6, 8, 8]]), (2, 4, 4), (1, 2, 2))
    rng = np.random.default_rng(seed)
    members = rng.dirichlet(np.ones(3), size=(len(patches), 3, 8, 4)).astype(np.float32)
    members = np.moveaxis(members, 4, 2)  # (patches, members, classes, height, width)
    predictor = FixedPredictor(list(members[:, 0]), members=list(members))
    counts = np.bincount(patches.scan)
    query = replace(synthetic_query(counts.tolist(), budget=500, seed=seed, predictor=predictor), units=patches)
    component = Registry.installed().get(StrategySpec, name)
    strategy = Registry.installed().build(component, component.parse_options({}))
    chosen = strategy.select(query).indices
    assert 8 <= len(chosen) < len(patches)
    assert len(strategy.select(replace(query, budget=3)).indices) == 3

    def shared(a, b):
        lower, upper = np.maximum(patches.lower[a], patches.lower[b]), np.minimum(patches.upper[a], patches.upper[b])
        return patches.scan[a] == patches.scan[b] and bool((lower < upper).all())

    for patch in range(len(patches)):
        beside = [other for other in chosen if other != patch and shared(patch, other)]
        assert bool(beside) != (patch in chosen)
