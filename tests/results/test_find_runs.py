"""Runs of a folder: found, labelled, and kept apart where they must not be mixed."""

import json

import pytest

from alcore import AlsegError
from alcore.results.runs import find_runs

CURVE = (0.2, 0.5, 0.6)


@pytest.fixture
def found(write_run):
    return lambda: find_runs(write_run.folder)


def names(runs):
    return [(run.dataset, run.label, run.seed) for run in runs]


def test_runs_are_found_however_deep_and_sorted(write_run, found):
    for seed in (1, 0):
        write_run(CURVE, "entropy", seed=seed, name=f"grid/part{seed}/run")
    write_run(CURVE, "random")
    result = found()
    assert names(result.runs) == [
        ("hippocampus", "entropy", 0),
        ("hippocampus", "entropy", 1),
        ("hippocampus", "random", 0),
    ]
    assert result.notes == ()
    assert result.labels == ("entropy", "random")


def test_a_single_run_is_a_folder_of_results(write_run):
    path = write_run(CURVE)
    (run,) = find_runs(path).runs
    assert [record["scores"]["validation"]["dice"]["mean"] for record in run.rounds] == list(CURVE)
    assert run.directory == path


def test_starts_and_superseded_runs_of_a_benchmark_are_no_results(write_run, found):
    write_run(CURVE, "random", name="runs/a")
    write_run(CURVE, "entropy", name="starts/b")
    write_run(CURVE, "entropy", name="superseded/c")
    assert names(found().runs) == [("hippocampus", "random", 0)]


def test_a_label_names_the_options_by_which_strategies_of_one_name_differ(write_run, found):
    for size in (5, 10):
        write_run(CURVE, "strided", name=f"s{size}", options={"block_size": size, "selection": "random"})
    write_run(CURVE, "entropy", options={"one_per_scan": True})
    assert found().labels == ("entropy", "strided:block_size=10", "strided:block_size=5")


def test_the_label_of_a_benchmark_wins(write_run, found):
    write_run(CURVE, "strided", options={"block_size": 5}, job={"key": "1", "strategy": "strided:block_size=5"})
    assert found().labels == ("strided:block_size=5",)


def test_stores_of_other_content_under_one_name_are_not_mixed(write_run, found):
    write_run(CURVE, seed=0)
    write_run(CURVE, seed=1, environment={"dataset": {"fingerprint": "another one"}})
    result = found()
    assert result.datasets == ("hippocampus (content another )", "hippocampus (content of hippo)")
    assert "2 stores of different content are called hippocampus" in result.notes[0]


def test_runs_of_other_protocols_are_not_mixed(write_run, found):
    write_run(CURVE, seed=0)
    write_run(CURVE, seed=1, config={"loop": {"budget": 8}})
    result = found()
    assert result.datasets == ("hippocampus (loop.budget=4)", "hippocampus (loop.budget=8)")
    assert "differ in loop.budget" in result.notes[0]


def test_protocols_that_differ_in_much_are_told_apart_by_letters(write_run, found):
    write_run(CURVE, seed=0)
    changed = {"model": {"name": "unet-of-another-kind"}, "learner": {"epochs": 3}, "loss": {"name": "dice"}}
    write_run(CURVE, seed=1, config=changed)
    result = found()
    assert result.datasets == ("hippocampus (setting A)", "hippocampus (setting B)")
    assert "differ in learner.epochs, loss.name, model.name" in result.notes[0]


def test_devices_and_trackers_make_no_other_protocol(write_run, found):
    write_run(CURVE, seed=0, config={"device": "cpu", "trackers": {"tensorboard": {}}})
    write_run(CURVE, seed=1, config={"device": "cuda", "deterministic": True})
    assert found().datasets == ("hippocampus",)
    assert found().notes == ()


def test_runs_of_fewer_rounds_are_cut_to_where_they_all_go(write_run, found):
    write_run(CURVE, "random", chosen=[[(0, 0)], [(1, 0)], [(2, 0)]])
    write_run(CURVE[:2], "entropy")
    result = found()
    cut = result.until(1)
    assert [len(run.rounds) for run in cut.runs] == [2, 2]
    assert [row["scan"] for row in cut.runs[1].selections] == ["scan0", "scan1"]
    assert result.datasets == ("hippocampus",)
    assert "runs on hippocampus are of 1 to 2 rounds" in result.notes[0]


def test_of_a_run_made_twice_the_longer_is_shown_and_the_other_named(write_run, found):
    write_run(CURVE[:2], name="short", config={"loop": {"rounds": 2}})
    write_run(CURVE, name="long")
    result = found()
    assert [run.directory.name for run in result.runs] == ["long"]
    assert "random on hippocampus, seed 0, was run 2 times: long is shown, short left out" in result.notes


def test_a_run_that_stopped_is_shown_as_far_as_it_went(write_run, found):
    write_run(CURVE, config={"loop": {"rounds": 50}})
    result = found()
    assert len(result.runs[0].rounds) == 3
    assert result.notes == ("hippocampus-random-seed0: stopped or still going on after round 2 of 50",)


def test_a_failed_job_is_named_with_its_reason(write_run, found):
    write_run(CURVE, "random")
    path = write_run((), "entropy")
    (path / "failed.json").write_text(json.dumps({"error": "the loss is nan", "hint": ""}))
    result = found()
    assert names(result.runs) == [("hippocampus", "random", 0)]
    assert result.notes == ("hippocampus-entropy-seed0 failed: the loss is nan",)


@pytest.mark.parametrize(
    ("file", "content", "note"),
    [
        ("config.toml", "seed = ", "config.toml is damaged"),
        ("config.toml", "seed = 1", "is not one of a run"),
        ("config.toml", None, "cannot read"),
        ("environment.json", "{", "is damaged"),
        ("environment.json", "{}", "is not one of a run"),
        ("environment.json", None, "cannot read"),
        ("environment.json", '{"format": 99}', "its format is 99, and this alseg reads up to 2"),
        ("rounds.jsonl", "", "has no committed round"),
        ("rounds.jsonl", None, "rounds.jsonl cannot be read"),
        ("rounds.jsonl", "\xff\xfe", "line 1 of rounds.jsonl is damaged"),
    ],
)
def test_of_damaged_runs_the_whole_ones_are_shown_and_the_others_named(write_run, found, file, content, note):
    write_run(CURVE, "random")
    damaged = write_run(CURVE, "entropy") / file
    damaged.unlink()
    if content is not None:
        damaged.write_text(content)
    result = found()
    assert names(result.runs) == [("hippocampus", "random", 0)]
    assert any("hippocampus-entropy-seed0" in line and note in line for line in result.notes)


def test_a_damaged_line_ends_what_is_shown_of_a_run(write_run, found):
    path = write_run(CURVE, chosen=[[(0, 1)], [(1, 2)], [(2, 3)]]) / "rounds.jsonl"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], lines[1], lines[2][:40]]))
    result = found()
    assert len(result.runs[0].rounds) == 2
    assert [row["scan"] for row in result.runs[0].selections] == ["scan0", "scan1"]
    assert "line 3 of rounds.jsonl is damaged" in result.notes[0]


def test_damaged_selections_cost_the_selections_alone(write_run, found):
    path = write_run(CURVE, chosen=[[(0, 1)], [(1, 2)], [(2, 3)]]) / "selections.csv"
    path.write_text(path.read_text().replace("scan1,2", "scan1,two"))
    result = found()
    assert len(result.runs[0].rounds) == 3
    assert result.runs[0].selections == ()
    assert "selections.csv is damaged" in result.notes[0]


def test_runs_of_the_first_format_say_what_they_lack(write_run, found):
    path = write_run(CURVE) / "environment.json"
    environment = json.loads(path.read_text())
    del environment["format"]
    path.write_text(json.dumps(environment))
    write_run(CURVE, seed=1)
    (note,) = found().notes
    assert note.startswith("1 of 2 runs were made before effort was recorded")


def test_full_data_runs_are_the_ceiling_of_their_dataset(write_run, found):
    write_run(CURVE, "random")
    for seed in (0, 1):
        write_run([0.8], name=f"full{seed}", seed=seed, labelled=[200], config={"mode": "train"})
    result = found()
    assert names(result.ceilings) == [("hippocampus", "full data", 0), ("hippocampus", "full data", 1)]
    assert names(result.runs) == [("hippocampus", "random", 0)]
    assert result.notes == ()


@pytest.mark.parametrize("other", [{"model": {"name": "vnet"}}, {"loss": {"name": "dice"}}, {"classic": {"dim": 3}}])
def test_a_full_data_run_of_another_model_is_no_ceiling(write_run, found, other):
    write_run(CURVE, "random")
    write_run([0.8], name="full", labelled=[200], config={"mode": "train", **other})
    result = found()
    assert result.ceilings == ()
    assert "the full-data run full on hippocampus is not used" in result.notes[0]


def test_a_folder_without_runs_is_an_error(tmp_path):
    with pytest.raises(AlsegError, match="holds no results: no run directory is in it"):
        find_runs(tmp_path)
    with pytest.raises(AlsegError, match="there is no folder"):
        find_runs(tmp_path / "nowhere")


def test_a_folder_of_nothing_but_damaged_runs_says_what_is_wrong(write_run):
    path = write_run(CURVE)
    (path / "environment.json").write_text("{")
    with pytest.raises(AlsegError, match=r"holds no results: .* is left out: environment.json in .* is damaged"):
        find_runs(path)
