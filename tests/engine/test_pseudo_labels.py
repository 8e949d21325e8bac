"""Blocks are filled at the right places, and what cannot be filled is counted."""

import numpy as np
import pytest

from alcore import Block
from alcore.engine.pseudo_labels import fill_blocks
from alcore.testing.splits import annotated as annotations_of


class Numbered:
    """Fills slice k of a block with k + 1, and notes what it was asked."""

    def __init__(self):
        self.asked = []

    def fill(self, first, last, n_between):
        self.asked.append((first, last, n_between))
        return np.stack([np.full_like(first, k + 1) for k in range(n_between)])


class Fails:
    def fill(self, first, last, n_between):
        return None


class Answers:
    """Answers with ``change`` of a sound fill."""

    def __init__(self, change):
        self.change = change

    def fill(self, first, last, n_between):
        return self.change(np.stack([first] * n_between))


@pytest.fixture(params=[False, True], ids=["single", "multi"])
def annotated(request, split_of):
    """A split of two scans, of which the ends of the blocks 1 to 5, 7 to 8 and 8 to 10 are annotated."""
    split = split_of([(6, 4, 5), (5, 5, 3)], multi_label=request.param)
    return split, annotations_of(split, np.array([1, 5, 7, 8, 10]))


def test_slice_k_of_a_fill_belongs_to_the_slice_after_first_plus_k(annotated):
    split, annotations = annotated
    interpolator = Numbered()
    filled, failures = fill_blocks([Block(1, 5), Block(8, 10)], interpolator, annotations)
    assert failures == 0
    assert {row: set(np.unique(label)) for row, label in filled.items()} == {2: {1}, 3: {2}, 4: {3}, 9: {1}}
    for (first, last, n_between), block in zip(interpolator.asked, [Block(1, 5), Block(8, 10)], strict=True):
        np.testing.assert_array_equal(first, split.label(block.first))
        np.testing.assert_array_equal(last, split.label(block.last))
        assert n_between == block.last - block.first - 1
    assert all(label.shape == split.label(row).shape and label.dtype == np.uint8 for row, label in filled.items())


def test_a_block_without_slices_between_is_left_alone(annotated):
    interpolator = Numbered()
    assert fill_blocks([Block(7, 8)], interpolator, annotated[1]) == ({}, 0)
    assert not interpolator.asked


def test_what_cannot_be_filled_is_counted(annotated):
    assert fill_blocks([Block(1, 5), Block(7, 8), Block(8, 10)], Fails(), annotated[1]) == ({}, 2)


def test_an_end_that_was_not_paid_for_is_refused(annotated):
    with pytest.raises(LookupError, match=r"\[4\]"):
        fill_blocks([Block(1, 4)], Numbered(), annotated[1])


def test_a_fill_of_booleans_is_a_mask(annotated):
    filled, _ = fill_blocks([Block(8, 10)], Answers(lambda fill: fill == 1), annotated[1])
    np.testing.assert_array_equal(filled[9], annotated[0].label(8) == 1)
