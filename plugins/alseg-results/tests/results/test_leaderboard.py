"""Entries of a leaderboard hold what a run came to, and one that contradicts itself is refused."""

import csv
import json

import pytest
from alseg_results.commands.leaderboard import leaderboard
from alseg_results.leaderboard.board import board_tables, read_board
from alseg_results.leaderboard.entry import digest, read_entry, schema
from alseg_results.leaderboard.write import write_entries
from click.testing import CliRunner

from alcore import AlsegError

# Eight slices before round 0, and four in each round after it.
CHOSEN = [[(scan, 0) for scan in range(8)], [(scan, 3) for scan in range(4)], [(scan, 7) for scan in range(4)]]


@pytest.fixture
def entries(write_run, tmp_path):
    """Two strategies under two seeds."""
    for place, strategy in enumerate(("random", "entropy")):
        for seed in range(2):
            write_run((0.2, 0.5 + 0.1 * place, 0.6 + 0.2 * seed), strategy, seed=seed, chosen=CHOSEN)
    paths, notes = write_entries(write_run.folder, tmp_path / "board")
    assert notes == []
    return paths


def test_an_entry_holds_the_scores_of_scans_selections_and_minutes(entries):
    assert [path.name for path in entries] == [
        f"hippocampus-{name}-seed{seed}.alseg.json" for name in ("entropy", "random") for seed in range(2)
    ]
    entry = read_entry(entries[0])
    assert entry.rounds[1].scores["validation"]["dice"]["left"] == pytest.approx({"a": 0.48, "b": 0.5, "c": 0.52})
    assert [one.labelled for one in entry.rounds] == [8, 12, 16]
    assert len(entry.selections) == 16
    assert entry.rounds[1].compute_minutes == pytest.approx((2.0 + 2.0) / 60)
    assert entry.versions == {"alseg": "0.1.0"}
    assert "seed" not in entry.options
    assert "strategy" not in entry.options


def test_patches_are_units_of_their_own(write_run, tmp_path):
    path = write_run((0.2, 0.5), chosen=[[(0, 0), (1, 0)], [(0, 0), (1, 3)]], labelled=[3, 5])
    lines = [json.loads(line) for line in (path / "rounds.jsonl").read_text().splitlines()]
    text = "".join(json.dumps({**line, "queried": 2, "units": 400}) + "\n" for line in lines)
    (path / "rounds.jsonl").write_text(text)
    rows = list(csv.DictReader((path / "selections.csv").open()))
    with (path / "selections.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        for row in rows:
            writer.writerow({**row, "slices": 2, "top": 4 * int(row["round"]), "left": 0})
    ((entry,), notes) = write_entries(write_run.folder, tmp_path / "board")
    found = read_entry(entry)
    assert notes == []
    assert [(one.labelled, one.units) for one in found.rounds] == [(3, 2), (5, 4)]
    assert [(one.slices, one.top) for one in found.selections] == [(2, 0), (2, 0), (2, 4), (2, 4)]


def test_seeds_and_strategies_share_a_protocol_and_no_key(entries):
    found = [read_entry(path) for path in entries]
    assert len({entry.protocol for entry in found}) == 1
    assert len({entry.key for entry in found}) == 4


def test_a_board_has_the_best_first_with_its_mean_over_seeds(entries):
    (table,) = board_tables(read_board(entries[0].parent), "dice", "validation", higher_is_better=True)
    rows = [[cell.text for cell in row.cells][:5] for row in table.rows]
    # entropy: (0.2 + 2 * 0.6 + 0.6) / 4 = 0.5 and 0.55; random: 0.45 and 0.5.
    assert rows == [
        ["entropy", "2", "16", "0.525 ± 0.035", "0.700 ± 0.141"],
        ["random", "2", "16", "0.475 ± 0.035", "0.700 ± 0.141"],
    ]
    with pytest.raises(AlsegError, match="no entry has iou on the validation scans"):
        board_tables(read_board(entries[0].parent), "iou", "validation", higher_is_better=True)


def test_where_a_lower_score_is_better_it_is_first_and_where_nobody_knows_the_names_decide(entries):
    found = read_board(entries[0].parent)
    for direction, first in ((False, "random"), (None, "entropy")):
        (table,) = board_tables(found, "dice", "validation", higher_is_better=direction)
        assert table.rows[0].cells[0].text == first


def edited(path, change):
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))
    return path


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda entry: entry.update(seed=5), "key is not the hash"),
        (lambda entry: entry["options"].update(loss={"name": "dice"}), "protocol is not the hash of options"),
        (lambda entry: entry["rounds"].pop(1), "rounds are not numbered from 0 on"),
        (lambda entry: entry["selections"].pop(), "round 2 has 16 annotated units, and selections name 15"),
        (lambda entry: entry["selections"].__setitem__(9, entry["selections"][8]), "a unit was annotated twice"),
        (
            lambda entry: entry["rounds"][1]["scores"]["validation"]["dice"]["left"].pop("a"),
            "round 1 has other splits, metrics, classes or scans than round 0",
        ),
        (lambda entry: entry.pop("key"), "is no entry: key: Field required"),
        (lambda entry: entry.update(more=1), "is no entry: more: Extra inputs"),
        (lambda entry: entry["rounds"][0].update(labelled=0), "is no entry: rounds.0.labelled"),
        (lambda entry: entry.update(format=2), "is no entry: format"),
    ],
)
def test_an_entry_that_contradicts_itself_or_is_none_is_refused_with_the_place(entries, change, message):
    with pytest.raises(AlsegError, match=message):
        read_entry(edited(entries[0], change))


def test_two_entries_of_one_run_are_refused(entries):
    (entries[0].parent / "copy.alseg.json").write_text(entries[0].read_text())
    with pytest.raises(AlsegError, match="are of one run"):
        read_board(entries[0].parent)


def test_a_run_without_scores_of_scans_is_left_out_and_named(write_run, tmp_path):
    write_run((0.2, 0.5), scans=None, chosen=CHOSEN[:2])
    paths, notes = write_entries(write_run.folder, tmp_path / "board")
    assert paths == []
    assert "hippocampus-random-seed0 is left out: the scores" in notes[0]
    with pytest.raises(AlsegError, match="holds no entries"):
        read_board(tmp_path / "board")


def test_the_commands_write_check_and_show(entries, write_run, tmp_path):
    call = lambda *words: CliRunner().invoke(leaderboard, [*map(str, words)], catch_exceptions=False)  # noqa: E731
    assert len(call("write", write_run.folder, tmp_path / "again").stdout.splitlines()) == 4
    assert call("check", *entries).stdout.count(": OK") == 4
    assert "dice on the validation scans of hippocampus" in call("show", tmp_path / "again").stdout
    with pytest.raises(AlsegError, match="nothing"):
        call("check", tmp_path / "nothing.json")


def test_the_schema_describes_every_field_and_hashes_do_not_hang_on_the_order_of_keys():
    described = schema()
    fields = [field for part in (described, *described["$defs"].values()) for field in part["properties"].values()]
    assert all("description" in field or "$ref" in field for field in fields)
    assert digest({"a": 1, "b": [2]}) == digest({"b": [2], "a": 1}) != digest({"a": 1, "b": [3]})
