"""Two runs are compared number by number, and what differs is named."""

import json

import pytest

from alcore.runs.comparison import compare_runs
from alcore.runs.directory import RunDirectory
from alcore.testing.rounds import synthetic_record

RECORD = {
    **synthetic_record(0),
    "scores": {"validation": {"dice": {"mean": 0.75, "per_class": {"organ": 0.75, "tumour": None}}}},
}
ROW = {"round": 0, "order": 0, "kind": "query", "slice": 3, "scan": "a", "position": 3, "score": 0.5}


def changed(**changes):
    return {**json.loads(json.dumps(RECORD)), **changes}


@pytest.fixture
def run_of(tmp_path):
    """A run directory with these records and selections."""

    def make(name, *rounds):
        directory = RunDirectory.create(tmp_path / name, {}, {})
        for record, rows in rounds:
            directory.commit(record, rows)
        return directory

    return make


def test_runs_that_differ_in_time_alone_agree(run_of):
    first, second = run_of("first", (RECORD, [ROW])), run_of("second", (changed(seconds={"train": 9}), [ROW]))
    (comparison,) = compare_runs(first, second)
    assert (comparison.identical, comparison.difference, comparison.where) == (True, 0.0, "")


@pytest.mark.parametrize(
    ("change", "row", "difference", "where"),
    [
        ({"losses": [0.25, 0.125 + 2**-55]}, {}, 2**-55, "losses.1"),
        ({"losses": [0.25, 0.5], "labelled": 49}, {}, 1.0, "labelled"),
        ({"losses": [0.25], "validation_dice": [0.5], "learning_rates": [1.0], "kept_epoch": 1}, {}, None, "losses.1"),
        (
            {"scores": {"validation": {"dice": {"mean": 0.75, "per_class": {"organ": 0.75, "tumour": 0.0}}}}},
            {},
            None,
            "scores.validation.dice.per_class.tumour",
        ),
        ({}, {"score": 0.75}, 0.25, "selection scores.0"),
        ({}, {"score": None}, None, "selection scores.0"),
        ({}, {"slice": 4}, None, "selected slices"),
    ],
)
def test_what_differs_most_is_named(run_of, change, row, difference, where):
    first, second = run_of("first", (RECORD, [ROW])), run_of("second", (changed(**change), [ROW | row]))
    (comparison,) = compare_runs(first, second)
    assert not comparison.identical
    assert (comparison.difference, comparison.where) == (difference, where)


def test_a_round_that_did_not_come_again_differs(run_of):
    second_round = changed(round=1)
    first = run_of("first", (RECORD, [ROW]), (second_round, []))
    comparisons = compare_runs(first, run_of("second", (RECORD, [ROW])))
    assert [comparison.identical for comparison in comparisons] == [True, False]


def test_what_a_newer_version_records_beside_it_does_not_matter(run_of):
    newer = run_of("newer", (changed(hausdorff=3.5), [ROW]))
    assert compare_runs(run_of("older", (RECORD, [ROW])), newer)[0].identical
