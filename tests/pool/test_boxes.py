"""Means over boxes equal a literal loop, and are exact where rounding would show."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alcore.pool.boxes import box_values


def boxes_in(shape, rng, count=40):
    lower = np.stack([rng.integers(0, length, count) for length in shape], axis=1)
    upper = np.stack(
        [[rng.integers(a + 1, length + 1) for a in low] for low, length in zip(lower.T, shape, strict=True)]
    )
    return lower, upper.T


def literal(volume, lower, upper, reduction):
    parts = (volume[tuple(slice(a, b) for a, b in zip(*ends, strict=True))] for ends in zip(lower, upper, strict=True))
    return [float(getattr(part.astype(np.float64), reduction)()) for part in parts]


@settings(max_examples=30, deadline=None)
@given(st.tuples(*[st.integers(1, 9)] * 3), st.integers(0, 2**31))
def test_boxes_are_reduced_as_a_loop_would(shape, seed):
    rng = np.random.default_rng(seed)
    volume = rng.normal(scale=10.0 ** rng.integers(-3, 4), size=shape).astype(np.float32)
    lower, upper = boxes_in(shape, rng)
    for reduction in ("mean", "sum"):
        expected = literal(volume, lower, upper, reduction)
        found = box_values(volume, lower, upper, reduction)
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9 * np.abs(volume).sum())


@pytest.mark.parametrize("value", [0.0, 1 / 3, -7.25, 1e30])
def test_a_map_of_one_value_has_exactly_that_mean_everywhere(value):
    volume = np.full((5, 6, 7), value)
    lower, upper = boxes_in(volume.shape, np.random.default_rng(0))
    assert set(box_values(volume, lower, upper, "mean")) == {value}


def test_a_mean_stays_in_the_range_of_the_map():
    volume = np.zeros((4, 5, 6))
    volume[0, 0, 0] = 1e17
    volume[1:] = np.random.default_rng(0).random((3, 5, 6))
    lower, upper = boxes_in(volume.shape, np.random.default_rng(1), 200)
    means = box_values(volume, lower, upper, "mean")
    assert (means >= 0).all()
    assert np.isfinite(means).all()


def test_a_mask_is_counted():
    mask = np.random.default_rng(0).random((5, 4, 6)) < 0.5
    lower, upper = boxes_in(mask.shape, np.random.default_rng(1))
    assert box_values(mask, lower, upper, "sum") == pytest.approx(literal(mask, lower, upper, "sum"))
