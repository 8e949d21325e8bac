"""Block selection against appendix A of the paper, taken literally."""

import numpy as np
import pytest
from alseg_strategies.blocks import choose_blocks
from alseg_strategies.options import ClassScoreOptions, StridedOptions
from alseg_strategies.sampling import Random, Stratified
from alseg_strategies.strided import Strided
from alseg_strategies.uncertainty import Entropy
from hypothesis import given, settings
from hypothesis import strategies as st

from alcore import AlsegError, Block, Options, Registry, StrategySpec
from alcore.testing.pools import synthetic_predictor, synthetic_query

pools = st.lists(st.lists(st.sampled_from([0, 0, 0, 0, 1, 2]), min_size=1, max_size=9), min_size=1, max_size=4)


class Given:
    def __init__(self, scores):
        self.scores = np.array(scores, float)
        self.asked = np.zeros(len(scores), int)

    def select(self, query):
        raise NotImplementedError

    def score_slices(self, query, indices):
        self.asked[indices] += 1
        return self.scores[indices]


def query_of(pool, budget, seed=0, predictor=None):
    status = [status for scan in pool for status in scan]
    return synthetic_query([len(scan) for scan in pool], status=status, budget=budget, seed=seed, predictor=predictor)


def strided(selection, interpolator="something", **options):
    return Strided(StridedOptions(**options), selection=selection, interpolator=interpolator)


def literal_selection(pool, budget, block_size, scores):
    """One block at a time, everything looked at anew each time."""
    scan = [k for k, states in enumerate(pool) for _ in states]
    status = [state for states in pool for state in states]
    chosen = []

    def free_blocks(size, with_pseudo, taken):
        for first in range(len(scan) - size + 1):
            block = range(first, first + size)
            if scan[first] != scan[first + size - 1] or any(status[i] == 1 or i in taken for i in block):
                continue
            if with_pseudo or all(status[i] == 0 for i in block):
                yield first

    with_pseudo, size, taken = False, block_size, set()
    while len(chosen) < budget and any(state != 1 for state in status):
        if budget - len(chosen) == 1:
            size = 1
        blocks = list(free_blocks(size, with_pseudo, taken))
        if not blocks:
            size = size - 1 if size != 3 else 1
            if size == 0:
                with_pseudo, size, taken = True, block_size, set()
            continue
        first = max(blocks, key=lambda first: (sum(scores[first : first + size]), -first))
        ends = [first] if size == 1 else [first, first + size - 1]
        chosen += ends
        for i in range(first, first + size):
            status[i] = 1 if i in ends else 2
            taken.add(i)
    return chosen


@given(pools, st.integers(1, 40), st.integers(3, 7), st.data())
@settings(max_examples=300, deadline=None)
def test_blocks_equal_the_literal_rules_ties_odd_budgets_and_reset_included(pool, budget, block_size, data):
    n = sum(map(len, pool))
    scores = data.draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))
    scoring = Given(scores)
    selection = strided(scoring, block_size=block_size).select(query_of(pool, budget))
    assert selection.indices.tolist() == literal_selection(pool, budget, block_size, scores)
    assert scoring.asked.max() <= 1


@given(pools, st.integers(1, 40), st.integers(3, 7), st.integers(0, 20))
@settings(max_examples=100)
def test_blocks_to_interpolate_have_true_ends_and_free_slices_between(pool, budget, block_size, seed):
    query = query_of(pool, budget, seed)
    selection = strided(Random(Options()), block_size=block_size).select(query)
    chosen = set(selection.indices.tolist())
    assert len(chosen) == len(selection.indices) == min(budget, len(query.candidates))
    inner = set()
    for block in selection.blocks:
        assert {block.first, block.last} <= chosen
        assert query.scan[block.first] == query.scan[block.last]
        assert 3 <= block.last - block.first + 1 <= block_size
        between = set(range(block.first + 1, block.last))
        assert not between & chosen
        assert not between & set(query.labelled.tolist())
        assert not between & inner
        inner |= between


def test_every_free_block_is_chosen_equally_often_at_random():
    times = np.zeros(14, int)
    for seed in range(4000):
        choice = strided(Random(Options()), block_size=5).select(synthetic_query([5, 9], budget=2, seed=seed))
        times[choice.indices[0]] += 1
    # One block fits the first scan, five the second.
    expected = np.array([1, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0]) * 4000 / 6
    assert (np.abs(times - expected) < 5 * np.sqrt(4000 / 6)).all()


def test_the_block_of_the_highest_sum_is_chosen():
    selection = strided(Given([9, 0, 0, 0, 1, 2, 3, 2]), block_size=3).select(query_of([[0] * 8], 2))
    assert selection.indices.tolist() == [0, 2]
    selection = strided(Given([9, 0, 0, 0, 4, 4, 4, 2]), block_size=3).select(query_of([[0] * 8], 2))
    assert selection.indices.tolist() == [4, 6]
    assert selection.blocks == (Block(4, 6),)
    assert selection.scores.tolist() == [12, 12]


def test_a_score_that_is_scaled_is_asked_for_all_candidates_at_once():
    asked = []

    class Scaled(Given):
        def score_slices(self, query, indices):
            asked.append(indices.tolist())
            return (indices - indices.min()) / (indices.max() - indices.min())

    query = synthetic_query([6, 2, 7], status=[0] * 7 + [1] + [0] * 7, budget=9)
    Strided(StridedOptions(block_size=5), selection=Scaled([]), interpolator=None).select(query)
    assert asked == [query.candidates.tolist()]


def test_a_later_block_inside_an_earlier_one_cuts_it():
    selection = strided(Given([1] * 7), block_size=7).select(query_of([[0] * 7], 4))
    assert selection.indices.tolist() == [0, 6, 1, 5]
    assert selection.blocks == (Block(1, 5),)


def test_scans_shorter_than_a_block_wait_until_the_block_has_shrunk():
    query = query_of([[0] * 3, [0] * 5, [0] * 2, [0]], 7)
    selection = strided(Given([1] * 11), block_size=5).select(query)
    assert selection.indices.tolist() == [3, 7, 0, 2, 8, 9, 10]


def test_without_an_interpolator_there_are_no_blocks_to_fill():
    selection = strided(Random(Options()), interpolator=None).select(query_of([[0] * 9], 2))
    assert selection.blocks == ()


@pytest.mark.parametrize(
    ("schedule", "expected"), [("fixed", [0.8, 0.8, 0.8]), ("linear", [0.8, 0.5, 0.2]), ("cosine", [0.8, 0.5, 0.2])]
)
def test_the_weight_of_pseudo_labels_follows_its_schedule(schedule, expected):
    strategy = strided(
        Random(Options()), pseudo_label_weight=0.8, pseudo_label_schedule=schedule, pseudo_label_weight_end=0.2
    )
    assert [strategy.fill_of(round, 11).weight for round in (1, 6, 11)] == pytest.approx(expected)
    assert strategy.fill_of(1, 1).weight == 0.8


def test_a_cosine_schedule_starts_slower_than_a_linear_one():
    cosine, linear = (
        strided(Random(Options()), pseudo_label_schedule=name).fill_of(2, 11).weight for name in ("cosine", "linear")
    )
    assert linear == pytest.approx(0.9)
    assert cosine > linear


def test_a_selection_without_a_score_is_an_error_that_names_the_option():
    with pytest.raises(AlsegError, match="option 'selection': 'stratified' has no score"):
        Strided(StridedOptions(selection="stratified"), selection=Stratified(Options()), interpolator=None)


def test_an_interpolator_that_does_not_exist_is_an_error_before_a_run_starts():
    registry = Registry.installed()
    component = registry.get(StrategySpec, "strided")
    with pytest.raises(AlsegError, match=r"'strided', option 'interpolator'.*signed-distnce"):
        registry.parse_options(component, {"interpolator": "signed-distnce"})


@pytest.mark.parametrize("values", [{"block_size": 2}, {"pseudo_label_weight": 1.5}, {"pseudo_label_schedule": "no"}])
def test_an_option_out_of_range_names_strategy_and_option(values):
    component = Registry.installed().get(StrategySpec, "strided")
    with pytest.raises(AlsegError, match=f"'strided', option '{next(iter(values))}'"):
        component.parse_options(values)


def test_each_slice_is_predicted_once_per_query():
    predictor = synthetic_predictor([6, 7])
    query = synthetic_query([6, 7], budget=13, predictor=predictor)
    strided(Entropy(ClassScoreOptions())).select(query)
    assert predictor.requested.max() == 1


def test_an_exhausted_pool_gives_no_block():
    assert choose_blocks(query_of([[1, 1]], 4), 5, lambda firsts, size: np.zeros(len(firsts))).ends == []
