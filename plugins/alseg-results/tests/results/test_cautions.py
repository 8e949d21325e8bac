"""Warnings are told where they apply, and only there."""

import pytest
from alseg_results.overview import look_at

from alcore import Registry


@pytest.fixture
def notes(write_run):
    return lambda **asked: " ".join(look_at(write_run.folder, Registry.installed(), **asked).notes)


LAST = {"learner": {"model_selection": "last"}}
BEST = {"learner": {"model_selection": "best"}}


def with_test_scores(path):
    """Add scores of test scans, equal to those of the validation scans."""
    for file in (path / "rounds.jsonl",):
        lines = file.read_text().splitlines()
        start, end = '"scores": {"validation": ', ', "seconds"'
        made = []
        for line in lines:
            head, _, rest = line.partition(start)
            inner, _, tail = rest.partition(end)
            made.append(f'{head}{start}{inner[:-1]}, "test": {inner[:-1]}}}{end}{tail}')
        file.write_text("\n".join(made) + "\n")


def test_nothing_is_told_of_one_run_whose_epoch_was_not_chosen(write_run, notes):
    write_run((0.2, 0.5), config=LAST)
    assert notes() == ""


def test_scores_on_the_scans_that_chose_the_epoch_are_told(write_run, notes):
    write_run((0.2, 0.5), config=BEST)
    assert "the validation scans of hippocampus also chose the best epoch" in notes()
    assert "a test split would be free of it" in notes()


def test_where_there_are_test_scans_the_note_says_how_to_see_them_and_there_it_is_gone(write_run, notes):
    with_test_scores(write_run((0.2, 0.5), config=BEST))
    assert "--split test shows scores that are free of it" in notes()
    assert "chose the best epoch" not in notes(split="test")


def test_tests_over_seeds_say_that_the_split_is_one(write_run, notes):
    for strategy in ("entropy", "random"):
        for seed in range(2):
            write_run((0.2, 0.5 + 0.01 * seed), strategy, seed=seed, config=LAST)
    assert "one split" not in notes()  # two pairs have no interval
    for strategy in ("entropy", "random"):
        write_run((0.2, 0.55), strategy, seed=2, config=LAST)
    assert "intervals and tests are over seeds on one split of the scans of hippocampus" in notes()


def test_units_that_do_not_compare_are_told(write_run, notes):
    write_run((0.2, 0.5), "random", config=LAST)
    write_run((0.2, 0.6), "boxes", config={**LAST, "loop": {"unit": "patch"}})
    assert "query different units (patch, slice)" in notes(by="strategy,loop.unit")
    assert "different units" not in notes()  # they are shown as two datasets


def test_synthetic_data_is_told(write_run, notes):
    write_run((0.2, 0.5), config=LAST, environment={"dataset": {"synthetic": True}})
    assert notes() == "synthetic data (hippocampus) says nothing about how strategies rank on real scans"
