"""What is read from the CSV files is what the run told the tracker."""

import csv

import pytest
from alseg_trackers.tidy_csv import TidyCsv

from alcore import Options


def record(number):
    """The line of ``rounds.jsonl`` of a round whose figures tell its number."""
    return {
        "round": number,
        "scores": {
            "validation": {"dice": {"mean": 0.5, "per_class": {"organ": 0.1 + number / 3, "lesion": None}}},
            "test": {"dice": {"mean": 0.25, "per_class": {"organ": 0.25, "lesion": 0.25}}},
        },
        "labelled": 48 + number,
        "losses": [0.3, 0.2],
        "validation_dice": [None, 0.5],
        "learning_rates": [1e-3, 1e-4],
    }


def tracked(folder, rounds, committed=()):
    tracker = TidyCsv(Options(), directory=folder)
    first = len(committed)
    tracker.run_started(config={}, first_round=first, last_round=3, committed=[record(n) for n in committed])
    for number in rounds:
        tracker.round_finished(round=number, record=record(number))
    tracker.closed()


def texts(folder):
    return {path.name: path.read_text() for path in folder.iterdir()}


def rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_there_is_a_row_per_round_split_metric_and_class(tmp_path):
    tracked(tmp_path, [0, 1])
    scores = rows(tmp_path / "scores.csv")
    assert list(scores[0]) == ["round", "labelled", "split", "metric", "class", "value"]
    assert len(scores) == 2 * 2 * 3
    validation = [row for row in scores if row["split"] == "validation"]
    curve = [float(row["value"]) for row in validation if row["class"] == "organ"]
    assert curve == [0.1, 0.1 + 1 / 3], "written without a loss of digits"
    assert [row["value"] for row in validation if row["class"] == "lesion"] == ["", ""]
    assert {row["labelled"] for row in scores if row["round"] == "1"} == {"49"}


def test_there_is_a_row_per_epoch(tmp_path):
    tracked(tmp_path, [0, 1])
    epochs = rows(tmp_path / "epochs.csv")
    assert [(row["round"], row["epoch"]) for row in epochs] == [("0", "1"), ("0", "2"), ("1", "1"), ("1", "2")]
    assert [float(row["loss"]) for row in epochs] == [0.3, 0.2] * 2
    assert [row["validation_dice"] for row in epochs] == ["", "0.5"] * 2
    assert [float(row["learning_rate"]) for row in epochs] == [1e-3, 1e-4] * 2


@pytest.mark.parametrize("heard", [[], [0], [0, 1]])
def test_a_run_that_goes_on_has_each_committed_round_once(heard, tmp_path):
    for name in ("unbroken", "resumed"):
        (tmp_path / name).mkdir()
    tracked(tmp_path / "unbroken", [0, 1, 2])
    tracked(tmp_path / "resumed", heard)
    tracked(tmp_path / "resumed", [1, 2], committed=[0])
    assert texts(tmp_path / "resumed") == texts(tmp_path / "unbroken")
