import numpy as np
from alseg_dissonance.dissonance import Dissonance
from alseg_dissonance.plugin import DissonanceOptions, register_strategies

from alcore import LabelSpace
from alcore.testing import FixedPredictor, check_strategy, synthetic_query


def test_dissonance_keeps_the_contract():
    (spec,) = register_strategies()
    check_strategy(spec)


def test_both_sides_of_a_jump_are_wanted_most():
    calm, other = np.zeros((2, 3, 3), np.float32), np.ones((2, 3, 3), np.float32)
    query = synthetic_query(
        [5], budget=2, label_space=LabelSpace.numbered(2), predictor=FixedPredictor([calm, calm, calm, other, other])
    )
    scores = Dissonance(DissonanceOptions()).score_slices(query, query.candidates)
    assert scores.tolist() == [0, 0, 1, 1, 0]


def test_picks_keep_apart_while_the_pool_allows_it():
    query = synthetic_query([9], budget=3)
    chosen = Dissonance(DissonanceOptions(apart=3)).select(query).indices
    assert len(chosen) == 3
    crowded = synthetic_query([3], budget=3)
    assert sorted(Dissonance(DissonanceOptions(apart=50)).select(crowded).indices) == [0, 1, 2]
