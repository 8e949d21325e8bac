"""The sum of uncertainty and representativeness."""

import numpy as np
import pytest
from alseg_strategies.combined import RepresentativeUncertainty, scaled
from alseg_strategies.options import RepresentativeUncertaintyOptions
from alseg_strategies.sampling import Random

from alcore import AlsegError, Options, Registry, StrategySpec
from alcore.testing.pools import synthetic_query


class Scores:
    def __init__(self, values):
        self.values = np.array(values, float)

    def select(self, query):
        raise NotImplementedError

    def score_slices(self, query, indices):
        return self.values[indices]


def combined(first, second):
    return RepresentativeUncertainty(
        RepresentativeUncertaintyOptions(), uncertainty=Scores(first), representativeness=Scores(second)
    )


def test_both_scores_count_alike_whatever_their_scale():
    strategy = combined([-9, 0, -1, -4.5], [1000, 1000, 3000, 1000])
    query = synthetic_query([4], budget=2)
    selection = strategy.select(query)
    assert selection.indices.tolist() == [2, 1]
    np.testing.assert_allclose(selection.scores, [8 / 9 + 1, 1 + 0])


def test_a_slice_that_is_uncertain_and_unlike_the_labelled_ones_wins():
    assert combined([0, 1, 0, 1], [0, 0, 1, 1]).select(synthetic_query([4], budget=1)).indices.tolist() == [3]


def test_the_scale_is_set_by_the_candidates_alone():
    query = synthetic_query([4], status=[1, 0, 0, 0], budget=1)
    assert combined([1e9, 1, 2, 3], [0, 3, 2, 0]).select(query).indices.tolist() == [2]


def test_equal_scores_contribute_nothing():
    assert scaled(np.full(3, 7.0)).tolist() == [0, 0, 0]


def test_a_strategy_without_a_score_is_an_error_that_names_the_option():
    with pytest.raises(AlsegError, match="option 'uncertainty': 'random' has no score"):
        RepresentativeUncertainty(
            RepresentativeUncertaintyOptions(uncertainty="random"),
            uncertainty=Random(Options()),
            representativeness=Scores([0]),
        )


def test_the_scores_are_chosen_by_name():
    registry = Registry.installed()
    component = registry.get(StrategySpec, "representative-uncertainty")
    options = component.parse_options({"uncertainty": "margin", "representativeness": "clustering"})
    strategy = registry.build(component, options)
    assert type(strategy.uncertainty).__name__ == "Margin"
    assert type(strategy.representativeness).__name__ == "Clustering"
    query = synthetic_query([5, 6], status=[1] + [0] * 10, budget=3)
    assert len(strategy.select(query).indices) == 3
