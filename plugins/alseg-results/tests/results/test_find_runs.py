"""Runs of a folder: found, labelled, and kept apart where they must not be mixed."""

import json

import pytest
from alseg_results.runs import find_runs

from alcore import AlsegError

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


def test_two_versions_of_a_strategy_are_two_strategies(write_run, found):
    for seed, version in enumerate(("0.1", "0.1", "0.2", "0.2")):
        component = {"name": "random", "distribution": "alseg-strategies", "version": version}
        write_run(CURVE, seed=seed, environment={"components": {"strategy": component}})
    assert [(run.label, run.seed) for run in found().runs] == [
        *(("random [alseg-strategies=0.1]", seed) for seed in (0, 1)),
        *(("random [alseg-strategies=0.2]", seed) for seed in (2, 3)),
    ]


def test_one_label_of_two_benchmarks_with_other_options_is_not_mixed(write_run, found):
    for size in (5, 10):
        job = {"key": str(size), "strategy": "strided"}
        write_run(CURVE, "strided", name=f"b{size}", options={"block_size": size}, job=job)
    assert found().labels == ("strided:block_size=10", "strided:block_size=5")


def test_one_strategy_under_two_labels_is_averaged(write_run, found):
    job = {"key": "1", "strategy": "strided:block_size=5"}
    write_run(CURVE, "strided", seed=0, options={"block_size": 5}, job=job)
    write_run(CURVE, "strided", seed=1, options={"block_size": 5})
    assert names(found().runs) == [("hippocampus", "strided", 0), ("hippocampus", "strided", 1)]


def test_replays_under_several_seeds_are_averaged(write_run, found):
    for seed in range(3):
        write_run(CURVE, seed=seed, config={"replay": {"run": f"/runs/{seed}", "same_data": True}})
        write_run(CURVE, seed=seed, name=f"own{seed}")
    assert names(found().runs) == [
        *(("hippocampus", "random", seed) for seed in range(3)),
        *(("hippocampus", "random (replay)", seed) for seed in range(3)),
    ]
    assert found().notes == ()


def test_replays_of_two_runs_under_one_seed_are_two(write_run, found):
    for run in ("a", "b"):
        write_run(CURVE, name=f"replay-{run}", config={"replay": {"run": f"/runs/{run}", "same_data": True}})
    assert found().labels == ("random (replay) of a", "random (replay) of b")


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
        ("config.toml", "seed = 1", "config.toml is damaged: dataset: Field required"),
        ("config.toml", None, "cannot read"),
        ("environment.json", "{", "is damaged"),
        ("environment.json", "{}", "environment.json is damaged: format: Field required"),
        ("environment.json", None, "cannot read"),
        ("environment.json", '{"format": 99}', "has the format 99, and this alseg reads the format 4"),
        ("rounds.jsonl", "", "has no committed round"),
        ("rounds.jsonl", None, "cannot read"),
        ("rounds.jsonl", "\xff\xfe", "rounds.jsonl is damaged: Invalid JSON"),
    ],
)
def test_of_damaged_runs_the_whole_ones_are_shown_and_the_others_named(write_run, found, file, content, note):
    write_run(CURVE, "random")
    damaged = write_run(CURVE, "entropy") / file
    damaged.unlink()
    if content is not None:
        damaged.write_text(content, "utf-8")
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
    assert result.notes[0].startswith(f"line 3 of {path} is damaged: Invalid JSON")


def test_damaged_selections_cost_the_selections_alone(write_run, found):
    path = write_run(CURVE, chosen=[[(0, 1)], [(1, 2)], [(2, 3)]]) / "selections.csv"
    path.write_text(path.read_text().replace("scan1,2", "scan1,two"))
    result = found()
    assert len(result.runs[0].rounds) == 3
    assert result.runs[0].selections == ()
    assert result.notes[0].startswith(f"line 3 of {path} is damaged: position: Input should be a valid integer")


def test_full_data_runs_belong_to_their_dataset(write_run, found):
    write_run(CURVE, "random")
    for seed in (0, 1):
        write_run([0.8], name=f"full{seed}", seed=seed, labelled=[200], config={"full_data": True})
    result = found()
    assert names(result.full_data) == [("hippocampus", "full data", 0), ("hippocampus", "full data", 1)]
    assert names(result.runs) == [("hippocampus", "random", 0)]
    assert result.notes == ()


@pytest.mark.parametrize(
    "other", [{"model": {"name": "vnet"}}, {"loss": {"name": "dice"}}, {"learner": {"name": "volumes"}}]
)
def test_a_full_data_run_of_another_model_is_not_used(write_run, found, other):
    write_run(CURVE, "random")
    write_run([0.8], name="full", labelled=[200], config={"full_data": True, **other})
    result = found()
    assert result.full_data == ()
    assert "the full-data run full on hippocampus is not used" in result.notes[0]


def test_full_data_runs_that_were_trained_differently_are_not_averaged(write_run, found):
    write_run(CURVE, "random")
    for seed, epochs in enumerate((50, 50, 200)):
        config = {"full_data": True, "learner": {"epochs": epochs}}
        write_run([0.8], name=f"full{seed}", seed=seed, labelled=[200], config=config)
    result = found()
    assert [run.seed for run in result.full_data] == [0, 1]
    assert result.notes == (
        "full-data runs on hippocampus were trained differently and are not averaged; they differ in learner.epochs "
        "(50, 200): full0, full1 shown, full2 left out",
    )


def test_a_folder_without_runs_is_an_error(tmp_path):
    with pytest.raises(AlsegError, match="holds no results: no run directory is in it"):
        find_runs(tmp_path)
    with pytest.raises(AlsegError, match="there is no folder"):
        find_runs(tmp_path / "nowhere")


def test_a_folder_of_nothing_but_damaged_runs_says_what_is_wrong(write_run):
    path = write_run(CURVE)
    (path / "environment.json").write_text("{")
    with pytest.raises(AlsegError, match=r"holds no results: .* is left out: .*environment.json is damaged"):
        find_runs(path)
