"""Effort: foreground and boundary voxels of slices, against a count voxel by voxel."""

from functools import partial

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from alcore import Answer
from alcore.labels import IGNORED
from alcore.pool.effort import label_effort
from alcore.pool.slices import read_region
from alcore.testing.splits import annotated


def counted(plane):
    """Foreground and boundary voxels of one plane, looking at one voxel after another."""
    height, width = plane.shape
    foreground = boundary = 0
    for y in range(height):
        for x in range(width):
            if plane[y, x] in (0, IGNORED):
                continue
            foreground += 1
            beside = [(y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)]
            inside = [plane[v, u] for v, u in beside if 0 <= v < height and 0 <= u < width]
            boundary += any(value not in (plane[y, x], IGNORED) for value in inside)
    return foreground, boundary


def test_a_square_of_four_by_four_has_sixteen_voxels_twelve_of_them_on_its_boundary():
    label = np.zeros((1, 8, 8), np.uint8)
    label[0, 2:6, 2:6] = 1
    foreground, boundary = label_effort(torch.from_numpy(label))
    assert (foreground.tolist(), boundary.tolist()) == ([16], [12])


def test_two_classes_side_by_side_have_a_boundary_between_them():
    label = np.zeros((1, 3, 6), np.uint8)
    label[0, :, :3], label[0, :, 3:] = 1, 2
    foreground, boundary = label_effort(torch.from_numpy(label))
    assert (foreground.tolist(), boundary.tolist()) == ([18], [6])


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 3), st.integers(1, 7), st.integers(1, 7), st.booleans(), st.integers(0, 2**32 - 1))
def test_effort_equals_a_count_voxel_by_voxel(n, height, width, multi_label, seed):
    values = [0, 1, IGNORED] if multi_label else [0, 1, 2, IGNORED]
    shape = (n, 2, height, width) if multi_label else (n, height, width)
    labels = np.random.default_rng(seed).choice(values, size=shape).astype(np.uint8)
    expected = [
        np.sum([counted(plane) for plane in (label if multi_label else [label])], axis=0).tolist() for label in labels
    ]
    assert np.transpose([part.tolist() for part in label_effort(torch.from_numpy(labels))]).tolist() == expected


@pytest.mark.parametrize("multi_label", [False, True])
def test_what_was_paid_for_is_counted_and_nothing_else(split_of, multi_label):
    split = split_of([(70, 5, 7), (60, 6, 4)], multi_label=multi_label, ignored=0.1)
    paid = np.random.default_rng(0).permutation(130)[:100]
    annotations = annotated(split, paid[:3])
    annotations.pay(Answer(split.table.units.take(paid), partial(read_region, split.truth)))
    for row in range(130):
        planes = split.label(row) if multi_label else [split.label(row)]
        expected = np.sum([counted(plane) for plane in planes], axis=0) if row in paid else (0, 0)
        assert (annotations.foreground[row], annotations.boundary[row]) == tuple(expected)
