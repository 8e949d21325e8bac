"""The initial slices, and what the core refuses in a strategy's answer."""

import dataclasses

import numpy as np
import pytest

from alcore import AlsegError, Block, Fill, Selection, Status
from alcore.engine.loop import run_round
from alcore.engine.selection import check_selection
from alcore.seeding import random_generator, torch_seed
from alcore.testing.pools import synthetic_query
from alcore.testing.rounds import KeptRounds

ORIGIN = "the strategy 'toy' (alseg-toy 1.2)"


@pytest.fixture
def query():
    """Two scans of five slices; slices 1 and 6 are labelled, slice 2 is pseudo-labelled; three may be chosen."""
    status = np.zeros(10, np.uint8)
    status[[1, 6]], status[2] = Status.LABELLED, Status.PSEUDO_LABELLED
    return synthetic_query([5, 5], budget=3, status=status)


class Copies:
    """An interpolator."""

    def fill(self, first, last, n_between):
        return np.stack([first] * n_between)


FILL = Fill(Copies(), 0.5)


def chosen(*indices, fill=FILL, **details):
    return Selection(np.array(indices), fill=fill, **details)


VIOLATIONS = {
    "no selection": (np.array([0, 3]), "answered a query with ndarray"),
    "two dimensions": (Selection(np.array([[0, 3]])), r"an array of shape \(1, 2\)"),
    "no integers": (chosen(0.0, 3.0), "type float64"),
    "a mask": (chosen(True, False), "type bool"),
    "over budget": (chosen(0, 3, 4, 5), "4 slices with a budget of 3"),
    "nothing": (chosen(), "selected nothing, though 8 slices have no label"),
    "beyond the pool": (chosen(0, 10), "slice 10, but the pool has slices 0 to 9"),
    "negative": (chosen(-1), "slice -1, but"),
    "twice": (chosen(3, 0, 3), "a slice twice"),
    "labelled": (chosen(0, 6), "slice 6, which has a label already"),
    "other number of scores": (chosen(0, 3, scores=np.zeros(3)), r"\(3,\) scores for 2 slices"),
    "block across scans": (chosen(4, 5, blocks=(Block(4, 5),)), "no run of slices of one scan"),
    "block without a fill": (chosen(0, 4, blocks=(Block(0, 4),), fill=None), "nothing to fill them with"),
    "fill of another kind": (chosen(0, fill=Copies()), "which is no Fill"),
    "weight above 1": (chosen(0, fill=Fill(Copies(), 1.5)), "a weight from 0 to 1"),
    "block backwards": (chosen(0, 3, blocks=(Block(3, 0),)), "no run of slices of one scan"),
    "block of one slice": (chosen(3, blocks=(Block(3, 3),)), "no run of slices of one scan"),
    "block beyond the pool": (chosen(7, blocks=(Block(7, 10),)), "no run of slices of one scan"),
    "block not annotated": (chosen(7, blocks=(Block(7, 9),)), "whose slice 9 is not annotated"),
    "block that ends pseudo-labelled": (chosen(0, blocks=(Block(0, 2),)), "whose slice 2 is not annotated"),
    "something else as block": (chosen(0, 3, blocks=((0, 3),)), r"\(0, 3\), which is no Block"),
}


@pytest.mark.parametrize(("answer", "complaint"), VIOLATIONS.values(), ids=VIOLATIONS)
def test_each_violation_is_refused_and_names_the_plugin(query, answer, complaint):
    with pytest.raises(AlsegError, match=complaint) as caught:
        check_selection(answer, query, ORIGIN)
    assert caught.value.message.startswith(ORIGIN)
    assert "plugin" in caught.value.hint


def test_a_sound_selection_passes_in_its_order(query):
    blocks = (Block(1, 4), Block(7, 9))
    checked = check_selection(Selection([9, 4, 7], blocks, np.array([3.0, 2.0, 1.0]), FILL), query, ORIGIN)
    assert checked.indices.tolist() == [9, 4, 7]
    assert checked.indices.dtype == np.int64
    assert checked.blocks == blocks
    assert checked.fill is FILL
    assert checked.scores.tolist() == [3.0, 2.0, 1.0]


def test_pseudo_labelled_slices_may_be_chosen_and_the_budget_need_not_be_spent(query):
    assert check_selection(chosen(2), query, ORIGIN).indices.tolist() == [2]


@pytest.mark.parametrize("kind", [np.uint8, np.int32, np.uint64])
def test_any_integer_type_is_taken(query, kind):
    assert check_selection(Selection(np.array([3, 0], kind)), query, ORIGIN).indices.tolist() == [3, 0]


def test_the_initial_slices_are_the_whole_pool_where_it_is_small(experiment_of):
    experiment = experiment_of(rounds=0)
    experiment.loop = experiment.loop.model_copy(update={"initial": 99})
    assert sorted(run_round(experiment, 0, KeptRounds()).selection.indices.tolist()) == list(range(15))


def test_the_initial_slices_are_the_same_for_every_strategy(experiment_of):
    class Asked:
        def __init__(self, name):
            self.name = name

        def select(self, query):
            raise AssertionError("round 0 asks no strategy")

    drawn = [run_round(experiment_of(Asked(name)), 0, KeptRounds()).selection.indices.tolist() for name in "ab"]
    assert drawn[0] == drawn[1]
    assert drawn[0] != run_round(experiment_of(Asked("a"), seed=1), 0, KeptRounds()).selection.indices.tolist()


def test_streams_differ_by_seed_purpose_and_round():
    keys = [(seed, purpose, number) for seed in (0, 1) for purpose in ("query", "batches") for number in (0, 1)]
    assert len({random_generator(*key).integers(2**62) for key in keys}) == len(keys)
    assert len({torch_seed(*key) for key in keys}) == len(keys)
    assert random_generator(0, "query", 1).integers(2**62) == random_generator(0, "query", 1).integers(2**62)
    assert all(0 <= torch_seed(*key) < 2**63 for key in keys)


def test_a_query_is_frozen(query):
    with pytest.raises(dataclasses.FrozenInstanceError):
        query.budget = 100
