"""Regions, and the units of a pool: every voxel lies in a unit, no unit outside its scan, and overlaps are counted."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alcore import Region, Units

lengths = st.tuples(st.integers(1, 7), st.integers(1, 9), st.integers(1, 8))


def test_slices_are_whole_slices():
    units = Units.slices(np.array([0, 1]), np.array([2, 0]), np.array([5, 6]), np.array([7, 8]))
    assert list(units) == [Region(0, (2, 0, 0), (3, 5, 7)), Region(1, (0, 0, 0), (1, 6, 8))]
    assert units.voxels.tolist() == [35, 48]


def test_volumes_are_whole_scans():
    assert list(Units.volumes(np.array([[2, 3, 4], [5, 6, 7]]))) == [
        Region(0, (0, 0, 0), (2, 3, 4)),
        Region(1, (0, 0, 0), (5, 6, 7)),
    ]


def test_a_grid_of_patches_by_hand():
    units = Units.patches(np.array([[2, 5, 4]]), (3, 2, 3), (1, 2, 1))
    assert [lower for _, lower, _ in units] == [(0, row, column) for row in (0, 2, 3) for column in (0, 1)]
    assert all(np.subtract(upper, lower).tolist() == [2, 2, 3] for _, lower, upper in units)


@settings(max_examples=50, deadline=None)
@given(st.lists(lengths, min_size=1, max_size=3), lengths, lengths)
def test_every_voxel_lies_in_a_patch_and_no_patch_outside(sizes, size, stride):
    stride = tuple(min(step, extent) for step, extent in zip(stride, size, strict=True))
    units = Units.patches(np.array(sizes), size, stride)
    covered = [np.zeros(shape, int) for shape in sizes]
    for scan, lower, upper in units:
        assert all(0 <= a < b <= length for a, b, length in zip(lower, upper, sizes[scan], strict=True))
        covered[scan][tuple(slice(a, b) for a, b in zip(lower, upper, strict=True))] += 1
    assert all((count > 0).all() for count in covered)
    assert len(set(units)) == len(units)
    assert (np.diff(units.scan) >= 0).all()


def test_shared_voxels_are_counted():
    rng = np.random.default_rng(0)
    units = Units.patches(np.array([[4, 6, 5], [3, 6, 6]]), (2, 3, 3), (1, 1, 1))

    def voxels(region):
        scan, lower, upper = region
        axes = [range(a, b) for a, b in zip(lower, upper, strict=True)]
        return {(scan, z, y, x) for z in axes[0] for y in axes[1] for x in axes[2]}

    for index in rng.integers(0, len(units), 5):
        others = rng.integers(0, len(units), 30)
        expected = [len(voxels(units[int(index)]) & voxels(units[int(other)])) for other in others]
        assert units.take(others).shared_with(units[int(index)]).tolist() == expected


@pytest.mark.parametrize("indices", [[2, 0], np.array([], int), np.array([1])])
def test_some_units_are_taken_in_their_order(indices):
    units = Units.volumes(np.array([[2, 3, 4], [5, 6, 7], [1, 1, 1]]))
    assert [region.scan for region in units.take(indices)] == list(indices)
