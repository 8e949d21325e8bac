"""Signed-distance interpolation against a literal loop and hand-worked cases."""

from itertools import product
from math import sqrt

import numpy as np
import pytest
from alseg_interpolators.plugin import SignedDistanceOptions
from alseg_interpolators.signed_distance import SignedDistance
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

INTERPOLATOR = SignedDistance(SignedDistanceOptions())
PAPER_CODE = SignedDistance(SignedDistanceOptions(inside="paper-code"))


def nearest(mask, value, i, j):
    found = [sqrt((i - k) ** 2 + (j - m) ** 2) for k, m in np.argwhere(mask == value)]
    return min(found) if found else None


def literal_distance(mask, i, j):
    if mask[i, j]:
        to_background = nearest(np.pad(mask, 1), False, i + 1, j + 1) if mask.all() else nearest(mask, False, i, j)
        return to_background + 0.5
    return -nearest(mask, True, i, j) + 0.5


def literal_fill(first, last, n_between):
    """The fill, and where it is clear: where classes tie but for rounding, either is right."""
    filled = np.zeros((n_between, *first.shape), np.uint8)
    clear = np.ones(filled.shape, bool)
    classes = [c for c in range(1, 255) if (first == c).any() or (last == c).any()]
    if any(not ((first == c) & (last == c)).any() for c in classes):
        return None, clear
    for k in range(n_between):
        t = (k + 1) / (n_between + 1)
        for i, j in np.ndindex(first.shape):
            d = {
                c: (1 - t) * literal_distance(first == c, i, j) + t * literal_distance(last == c, i, j) for c in classes
            }
            ranked = sorted([(0.0, 0), *((distance, c) for c, distance in d.items())], reverse=True)
            filled[k, i, j] = ranked[0][1]
            clear[k, i, j] = len(ranked) < 2 or ranked[0][0] - ranked[1][0] > 1e-9
    return filled, clear


labels = arrays(np.uint8, (5, 6), elements=st.sampled_from([0, 0, 1, 1, 2]))


@given(labels, labels, st.integers(1, 4))
@settings(max_examples=80, deadline=None)
def test_fills_equal_the_formula_pixel_by_pixel(first, last, n_between):
    (expected, clear), filled = literal_fill(first, last, n_between), INTERPOLATOR.fill(first, last, n_between)
    assert (filled is None) == (expected is None)
    if expected is not None:
        np.testing.assert_array_equal(filled[clear], expected[clear])


@given(labels, labels, st.integers(1, 13))
@settings(max_examples=80, deadline=None)
def test_a_fill_is_the_same_from_either_end(first, last, n_between):
    for interpolator in (INTERPOLATOR, PAPER_CODE):
        forwards, backwards = interpolator.fill(first, last, n_between), interpolator.fill(last, first, n_between)
        if forwards is None:
            assert backwards is None
        else:
            np.testing.assert_array_equal(forwards, backwards[::-1])


@given(labels, labels)
@settings(max_examples=80, deadline=None)
def test_the_fill_of_the_papers_code_begins_at_zero_and_lets_later_classes_win(first, last):
    filled = PAPER_CODE.fill(first, last, 3)
    classes = [c for c in (1, 2) if (first == c).any() or (last == c).any()]
    if any(not ((first == c) & (last == c)).any() for c in classes):
        assert filled is None
        return
    expected = np.zeros((3, *first.shape), np.uint8)
    for k, c in product(range(3), classes):
        for i, j in np.ndindex(first.shape):
            # Weights of quarters are exact, so zero is zero.
            ends = literal_distance(first == c, i, j), literal_distance(last == c, i, j)
            if (3 - k) / 4 * ends[0] + (k + 1) / 4 * ends[1] >= 0:
                expected[k, i, j] = c
    np.testing.assert_array_equal(filled, expected)


def bar(width, value=1):
    label = np.zeros((9, 12), np.uint8)
    label[3:6, 1 : 1 + width] = value
    return label


def test_slice_k_lies_at_first_plus_one_plus_k():
    widths = [(fill > 0).any(axis=0).sum() for fill in INTERPOLATOR.fill(bar(2), bar(10), 3)]
    assert widths == sorted(widths)
    assert 2 <= widths[0] < widths[-1] <= 10
    reversed_fill = INTERPOLATOR.fill(bar(10), bar(2), 3)[::-1]
    np.testing.assert_array_equal(INTERPOLATOR.fill(bar(2), bar(10), 3), reversed_fill)


def test_equal_ends_are_filled_with_themselves():
    label = np.zeros((8, 8), np.uint8)
    label[1:5, 1:5], label[5:7, 2:6] = 1, 2
    assert (INTERPOLATOR.fill(label, label, 3) == label).all()


def test_slices_of_background_are_filled_with_background():
    empty = np.zeros((4, 4), np.uint8)
    assert not INTERPOLATOR.fill(empty, empty, 2).any()


def test_a_class_in_one_slice_alone_cannot_be_interpolated():
    assert INTERPOLATOR.fill(bar(3), np.zeros((9, 12), np.uint8), 2) is None
    assert INTERPOLATOR.fill(bar(3), np.roll(bar(3), 6, axis=1), 2) is None


def test_cropping_does_not_change_a_fill():
    rng = np.random.default_rng(0)
    first, last = (rng.random((2, 6, 7)) < 0.6).astype(np.uint8)
    wide = INTERPOLATOR.fill(np.pad(first, 20), np.pad(last, 20), 3)
    np.testing.assert_array_equal(INTERPOLATOR.fill(np.pad(first, 1), np.pad(last, 1), 3), wide[:, 19:-19, 19:-19])


def test_multi_label_classes_do_not_compete():
    both = np.stack([bar(4), bar(8)])
    filled = INTERPOLATOR.fill(both, both, 2)
    assert filled.shape == (2, 2, 9, 12)
    assert (filled == both).all()


@pytest.mark.parametrize("multi_label", [False, True])
def test_pixels_that_an_end_ignores_are_ignored_between(multi_label):
    first, last = bar(5), bar(5)
    first[0, 0] = 255
    if multi_label:
        first, last = first[None], last[None]
    filled = INTERPOLATOR.fill(first, last, 2)
    assert (filled[..., 0, 0] == 255).all()
    assert (filled == 255).sum() == 2
