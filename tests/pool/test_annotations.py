"""What is annotated: who is labelled, by which regions, and what nobody paid for stays ignored."""

import itertools
from functools import partial

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alcore import IGNORED, Answer, Status, Units
from alcore.pool.annotations import Annotations
from alcore.pool.readers import LabelReader
from alcore.pool.slices import read_region

CPU = torch.device("cpu")
rows = st.lists(st.integers(0, 10), max_size=6, unique=True)


def indices(numbers):
    return np.array(numbers, np.int64)


@pytest.fixture
def annotations_of(toy_store, toy_table):
    """Annotations of the toy pool, and a function that pays for units."""
    truth = partial(read_region, LabelReader(toy_store, toy_table))

    def make(resident=True):
        annotations = Annotations(toy_table, (), CPU, resident)
        return annotations, lambda units: annotations.pay(Answer(units, truth))

    return make


def boxes(*regions):
    scan, lower, upper = zip(*regions, strict=True)
    return Units("patch", np.array(scan, np.int32), np.array(lower, np.int32), np.array(upper, np.int32))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(updates=st.lists(st.tuples(rows, rows), max_size=4))
def test_a_true_label_stays_and_a_pseudo_label_gives_way(annotations_of, toy_table, updates):
    (annotations, pay), expected = annotations_of(), ["unlabelled"] * len(toy_table)
    for labelled, pseudo in updates:
        pay(toy_table.units.take(indices(labelled)))
        for row in labelled:
            expected[row] = "labelled"
        filled = annotations.fill({row: np.zeros((1, 1), np.uint8) for row in pseudo}, 0.5)
        assert filled == sorted(row for row in pseudo if expected[row] != "labelled")
        for row in filled:
            expected[row] = "pseudo_labelled"
    assert [Status(value).name.lower() for value in annotations.status] == expected
    for status in Status:
        found = annotations.rows(status).tolist()
        assert found == [k for k, name in enumerate(expected) if name == status.name.lower()]
    assert sorted(annotations.pseudo_labels) == annotations.rows(Status.PSEUDO_LABELLED).tolist()


def test_rows_of_several_statuses_come_in_pool_order(annotations_of, toy_table):
    annotations, pay = annotations_of()
    pay(toy_table.units.take(indices([7, 2])))
    annotations.fill({9: np.zeros((1, 1), np.uint8), 1: np.zeros((1, 1), np.uint8)}, 1.0)
    assert annotations.rows(Status.LABELLED, Status.PSEUDO_LABELLED).tolist() == [1, 2, 7, 9]


def test_status_cannot_be_written_by_those_who_read_it(annotations_of):
    with pytest.raises(ValueError, match="read-only"):
        annotations_of()[0].status[0] = Status.LABELLED


@pytest.mark.parametrize("resident", [True, False], ids=["resident", "streaming"])
def test_of_a_patch_exactly_its_voxels_are_labelled(annotations_of, toy_store, toy_table, resident):
    """Overlapping patches, one over several slices, then a whole slice: against a voxel by voxel bookkeeping."""
    annotations, pay = annotations_of(resident)
    answers = [
        boxes((1, (0, 1, 2), (2, 4, 5)), (2, (1, 0, 0), (2, 3, 4))),
        boxes((1, (1, 0, 0), (3, 3, 3))),
        toy_table.units.take(indices([3])),
        boxes((1, (0, 0, 0), (4, 2, 2))),
    ]
    paid = {row: np.zeros(toy_table.extent(indices([row]))[0], bool) for row in range(len(toy_table))}
    for units in answers:
        pay(units)
        for region in units:
            for position in range(region.lower[0], region.upper[0]):
                mask = paid[toy_table.rows_of(region.scan).start + position]
                mask[region.lower[1] : region.upper[1], region.lower[2] : region.upper[2]] = True
    labelled = [row for row, mask in paid.items() if mask.any()]
    assert annotations.rows(Status.LABELLED).tolist() == labelled
    assert annotations.voxels == sum(int(mask.sum()) for mask in paid.values())
    for row in labelled:
        truth = toy_store.read_label(int(toy_table.store_scan[toy_table.scan[row]]), int(toy_table.position[row]))
        expected = np.where(paid[row], truth, IGNORED)
        np.testing.assert_array_equal(annotations.label(row), expected)
        assert annotations.foreground[row] == ((expected > 0) & (expected != IGNORED)).sum()


@pytest.mark.parametrize("resident", [True, False], ids=["resident", "streaming"])
def test_slices_of_every_scan_paid_for_equal_volumes_paid_for(annotations_of, toy_table, resident):
    (by_slice, pay_slices), (by_volume, pay_volumes) = annotations_of(resident), annotations_of(resident)
    for row in np.random.default_rng(0).permutation(len(toy_table)):
        pay_slices(toy_table.units.take(indices([row])))
    pay_volumes(boxes(*((scan, (0, 0, 0), tuple(size)) for scan, size in enumerate(toy_table.scan_sizes.tolist()))))
    assert by_slice.voxels == by_volume.voxels == toy_table.scan_sizes.prod(axis=1).sum()
    everything = [np.arange(len(toy_table))]
    for one, other in itertools.product(by_slice.labels(everything), by_volume.labels(everything)):
        assert torch.equal(one, other)
    np.testing.assert_array_equal(by_slice.boundary, by_volume.boundary)
