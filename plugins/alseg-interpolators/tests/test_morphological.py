"""Morphological contour interpolation: ITK does the work; what surrounds it is checked."""

import numpy as np
import pytest
from alseg_interpolators import morphological
from alseg_interpolators.morphological import MorphologicalContour, interpolate_contours
from alseg_interpolators.plugin import MorphologicalContourOptions

INTERPOLATOR = MorphologicalContour(MorphologicalContourOptions())


def disc(radius, centre=(12, 12), size=26):
    rows, columns = np.ogrid[:size, :size]
    return ((rows - centre[0]) ** 2 + (columns - centre[1]) ** 2 <= radius**2).astype(np.uint8)


def test_slice_k_lies_at_first_plus_one_plus_k():
    areas = [int(fill.sum()) for fill in INTERPOLATOR.fill(disc(3), disc(9), 4)]
    assert areas == sorted(areas)
    assert disc(3).sum() <= areas[0] < areas[-1] <= disc(9).sum()


def test_cropping_does_not_change_a_fill():
    filled = INTERPOLATOR.fill(disc(4, (10, 11)), disc(7, (13, 12)), 3)
    whole = interpolate_contours(disc(4, (10, 11)) > 0, disc(7, (13, 12)) > 0, 3)
    np.testing.assert_array_equal(filled > 0, whole)


def test_a_class_that_does_not_overlap_cannot_be_interpolated():
    assert INTERPOLATOR.fill(disc(3, (5, 5)), disc(3, (20, 20)), 2) is None


def test_two_classes_keep_apart():
    first, last = disc(4, (8, 8)), disc(5, (8, 8))
    first[disc(3, (19, 19)) > 0], last[disc(4, (19, 19)) > 0] = 2, 2
    filled = INTERPOLATOR.fill(first, last, 2)
    assert set(np.unique(filled)) == {0, 1, 2}
    assert (filled[:, :13, :13] != 2).all()


@pytest.mark.parametrize(("empty_fill", "fails"), [("fail", True), ("keep", False)])
def test_an_empty_fill_between_two_masks_is_a_failure_unless_kept(monkeypatch, empty_fill, fails):
    monkeypatch.setattr(morphological, "interpolate_contours", lambda first, last, n: np.zeros((n, *first.shape), bool))
    filled = MorphologicalContour(MorphologicalContourOptions(empty_fill=empty_fill)).fill(disc(3), disc(4), 2)
    assert (filled is None) == fails
    if not fails:
        assert filled.shape == (2, 26, 26)
        assert not filled.any()
