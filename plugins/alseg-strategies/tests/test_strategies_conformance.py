"""Every strategy of this package passes the published check, also with other options than its defaults."""

import pytest
from alseg_strategies.plugin import register_strategies

from alcore import Registry, StrategySpec
from alcore.testing import check_strategy

REGISTRY = Registry.installed()


@pytest.mark.parametrize("spec", list(register_strategies()), ids=lambda spec: spec.name)
def test_a_strategy_passes_the_check(spec):
    check_strategy(spec, registry=REGISTRY)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("distance", {"greedy": True, "metric": "cosine"}),
        ("clustering", {"algorithm": "kmeans", "n_clusters": 3}),
        ("clustering", {"bandwidth": "auto", "features": "image"}),
        ("entropy", {"one_per_scan": False, "reduction": "mean"}),
        ("strided", {"selection": "entropy", "block_size": 4, "interpolator": "none"}),
        ("representative-uncertainty", {"uncertainty": "margin", "representativeness": "distance"}),
    ],
)
def test_a_strategy_passes_the_check_with_other_options(name, options):
    component = REGISTRY.get(StrategySpec, name)
    check_strategy(component.spec, component.parse_options(options), REGISTRY)
