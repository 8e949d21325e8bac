"""The pool keeps track of who is labelled."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alcore import Status
from alcore.pool.pool import Pool

rows = st.lists(st.integers(0, 10), max_size=6, unique=True)


def indices(numbers):
    return np.array(numbers, np.int64)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(updates=st.lists(st.tuples(rows, rows), max_size=5))
def test_a_true_label_stays_and_a_pseudo_label_gives_way(toy_table, updates):
    pool, expected = Pool(toy_table), ["unlabelled"] * len(toy_table)
    for labelled, pseudo in updates:
        pool.update(indices(labelled), indices(pseudo))
        for row in pseudo:
            expected[row] = "labelled" if expected[row] == "labelled" else "pseudo_labelled"
        for row in labelled:
            expected[row] = "labelled"
    assert [Status(value).name.lower() for value in pool.status] == expected
    for status in Status:
        assert pool.rows(status).tolist() == [k for k, name in enumerate(expected) if name == status.name.lower()]
    assert pool.exhausted == all(name == "labelled" for name in expected)


def test_rows_of_several_statuses_come_in_pool_order(toy_table):
    pool = Pool(toy_table)
    pool.update(indices([7, 2]), indices([9, 1]))
    assert pool.rows(Status.LABELLED, Status.PSEUDO_LABELLED).tolist() == [1, 2, 7, 9]


def test_status_cannot_be_written_by_those_who_read_it(toy_table):
    with pytest.raises(ValueError, match="read-only"):
        Pool(toy_table).status[0] = Status.LABELLED


def test_a_pool_goes_on_from_a_status_without_sharing_it(toy_table):
    status = np.zeros(len(toy_table), np.uint8)
    pool = Pool(toy_table, status)
    pool.update(indices([0]), indices([]))
    assert status[0] == Status.UNLABELLED
