"""``alseg run`` and ``alseg resume`` as a user calls them: whole runs on a small phantom (synthetic)."""

import csv
import json

import pytest

from alcore import SliceStore
from alcore.runs.directory import FORMAT

SMALL = (
    "--dataset",
    "phantom",
    "--protocol",
    "demo",
    "--rounds",
    "2",
    "--epochs",
    "2",
    "--set",
    "dataset.scans=6",
    "--set",
    "model.features=2",
    "--set",
    "model.levels=2",
    "--deterministic",
)

AT_A_MOMENT = """
    import os
    import pathlib
    import signal

    from pydantic import Field

    import alcore

    class Options(alcore.Options):
        marker: str = Field(description="Left behind, so that it strikes once.")
        signal: str = Field(description="Name of the signal.")

    class Striker(alcore.Moments):
        def __init__(self, options, *, directory):
            self.options = options

        def epoch_finished(self, *, round, epoch, **_):
            marker = pathlib.Path(self.options.marker)
            if (round, epoch) == (1, 1) and not marker.exists():
                marker.touch()
                os.kill(os.getpid(), getattr(signal, self.options.signal))

    @alcore.hookimpl
    def register_trackers():
        yield alcore.TrackerSpec(
            name="striker", summary="Strikes in the middle of a round.",
            target="alseg_striker:Striker", options=Options,
        )
"""

FIRST_COME = """
    import alcore

    class FirstCome:
        def __init__(self, options):
            pass

        def select(self, query):
            return alcore.Selection(query.candidates[: query.budget])

    @alcore.hookimpl
    def register_strategies():
        yield alcore.StrategySpec(name="first-come", summary="In pool order.", target="alseg_first_come:FirstCome")
"""


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory):
    """Stores that tests share: the phantom is converted once."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture
def run(alseg, data_dir):
    """``alseg run`` with small settings; in this process, or as ``command`` does it."""

    def call(*arguments, command=alseg, **details):
        return command("run", *SMALL, *arguments, ALSEG_DATA_DIR=str(data_dir), **details)

    return call


def numbers(directory):
    """The committed rounds without their times."""
    lines = (directory / "rounds.jsonl").read_text().splitlines()
    records = [json.loads(line) for line in lines]
    for record in records:
        del record["seconds"]
    return records


def test_a_run_shows_its_learning_curve_and_leaves_a_whole_directory(run, tmp_path):
    result = run("--strategy", "entropy", "--out", "here")
    assert "entropy on phantom (synthetic data), seed 0" in result.stdout
    assert "run: here" in result.stdout
    assert "estimate:" in result.stderr
    assert "round 2: 48 labelled slices" in result.stderr
    here = tmp_path / "here"
    assert [record["labelled"] for record in numbers(here)] == [16, 32, 48]
    environment = json.loads((here / "environment.json").read_text())
    assert environment["components"]["strategy"]["distribution"] == "alseg-strategies"
    assert environment["dataset"]["synthetic"]
    assert [path.name for path in (here / "checkpoints").iterdir()] == ["round-0002.pt"]
    assert environment["format"] == FORMAT
    with (here / "selections.csv").open() as file:
        chosen = list(csv.DictReader(file))
    assert len(chosen) == 48
    assert 0 < sum(int(row["boundary"]) for row in chosen) == numbers(here)[-1]["boundary_voxels"]
    foreground = sum(int(row["foreground"]) for row in chosen)
    assert foreground == numbers(here)[-1]["foreground_voxels"]
    with SliceStore.open(environment["dataset"]["path"]) as store:
        labels = [store.read_scan_label(index) for index in store.scans.indices("train")]
    assert environment["dataset"]["pool"] == {
        "scans": len(labels),
        "slices": sum(len(label) for label in labels),
        "pixels": sum(label.size for label in labels),
        "foreground": sum(int((label > 0).sum()) for label in labels),
        "foreground_slices": sum(int(label.any(axis=(1, 2)).sum()) for label in labels),
    }
    assert {(int(row["scan_slices"]), int(row["height"]), int(row["width"])) for row in chosen} <= {
        label.shape for label in labels
    }
    assert list((here / "tensorboard").rglob("events.out.tfevents.*"))


def test_runs_without_a_named_folder_never_meet(run, tmp_path):
    run("--rounds", "0", "--set", "trackers={}")
    run("--rounds", "0", "--set", "trackers={}")
    assert sorted(path.name for path in (tmp_path / "runs").iterdir()) == [
        "phantom-random-seed0",
        "phantom-random-seed0-2",
    ]


def test_a_run_killed_in_the_middle_of_a_round_resumes_to_the_same_numbers(
    run, alseg, alseg_process, installed, tmp_path, data_dir
):
    installed("alseg-striker", source=AT_A_MOMENT)
    strike = ("--set", "trackers.striker.signal=SIGKILL", "--set", f"trackers.striker.marker={tmp_path / 'struck'}")
    track = ("--set", "trackers.csv={}")
    run("--strategy", "entropy", "--out", "killed", *strike, *track, command=alseg_process, status=-9)
    assert len(numbers(tmp_path / "killed")) == 1
    alseg("resume", "killed", ALSEG_DATA_DIR=str(data_dir))
    run("--strategy", "entropy", "--out", "unbroken", *track)
    assert numbers(tmp_path / "killed") == numbers(tmp_path / "unbroken")
    for file in ("selections.csv", "csv/scores.csv", "csv/epochs.csv"):
        killed, unbroken = (tmp_path / name / file for name in ("killed", "unbroken"))
        assert killed.read_text() == unbroken.read_text()


def test_ctrl_c_says_how_to_resume_and_keeps_the_committed_rounds(run, installed, tmp_path):
    installed("alseg-striker", source=AT_A_MOMENT)
    strike = ("--set", "trackers.striker.signal=SIGINT", "--set", f"trackers.striker.marker={tmp_path / 'struck'}")
    result = run("--out", "stopped", *strike, status=130)
    assert "alseg resume stopped" in result.stderr
    assert "Traceback" not in result.stderr
    assert len(numbers(tmp_path / "stopped")) == 1


def test_the_same_seed_gives_every_strategy_the_same_round_0(run, tmp_path):
    for name in ("random", "least-confidence"):
        run("--strategy", name, "--out", name, "--rounds", "1", "--set", "trackers={}")
    random, least_confidence = (numbers(tmp_path / name) for name in ("random", "least-confidence"))
    assert random[0] == least_confidence[0]
    assert random[1] != least_confidence[1]


def test_streaming_and_resident_slices_give_the_same_run(run, tmp_path):
    run("--out", "resident", "--set", "trackers={}")
    streamed = run("--out", "streamed", "--set", "trackers={}", "--memory-budget", "0")
    assert "streamed from the store" in streamed.stderr
    assert numbers(tmp_path / "resident") == numbers(tmp_path / "streamed")


def test_a_strangers_strategy_is_found_and_run(run, installed, tmp_path):
    installed("alseg-first-come", source=FIRST_COME)
    run("--strategy", "first-come", "--out", "here", "--set", "trackers={}")
    queried = [
        int(line.split(",")[3])
        for line in (tmp_path / "here" / "selections.csv").read_text().splitlines()
        if line.startswith("1,")
    ]
    assert queried == sorted(queried)
    environment = json.loads((tmp_path / "here" / "environment.json").read_text())
    assert environment["components"]["strategy"] == {
        "name": "first-come",
        "distribution": "alseg-first-come",
        "version": "1.0",
    }


def test_a_broken_plugin_stops_no_run_that_does_not_name_it(run, installed):
    installed("alseg-broken", source="raise RuntimeError('no good')")
    assert "run:" in run("--rounds", "0", "--set", "trackers={}").stdout


def test_test_scans_are_scored_and_never_chosen(alseg, tmp_path):
    folder = str(tmp_path / "stores")
    arguments = ("--set", "scans=8", "--test-fraction", "0.25")
    alseg("data", "convert", "phantom", *arguments, "--out", "set-aside.h5", ALSEG_DATA_DIR=folder)
    alseg("run", *SMALL[4:8], *SMALL[10:], "--dataset", "set-aside.h5", "--protocol", "demo", "--out", "here")
    scores = numbers(tmp_path / "here")[-1]["scores"]
    assert set(scores) == {"validation", "test"}
    with SliceStore.open(tmp_path / "set-aside.h5") as store:
        aside = {store.scans.ids[scan] for scan in store.scans.indices("test")}
    chosen = {line.split(",")[4] for line in (tmp_path / "here" / "selections.csv").read_text().splitlines()[1:]}
    assert len(aside) == 2
    assert not aside & chosen


def test_a_dry_run_shows_configuration_and_estimate_and_makes_nothing(run, tmp_path):
    result = run("--dry-run", "--set", "strategy.name=entropy", "--set", "strategy.one_per_scan=false")
    assert "one_per_scan = false" in result.stdout
    assert "estimate:" in result.stdout
    assert not (tmp_path / "runs").exists()


def test_a_configuration_file_gives_values_and_options_win_over_it(run, tmp_path):
    (tmp_path / "mine.toml").write_text('seed = 7\n[strategy]\nname = "entropy"\none_per_scan = false\n')
    output = run("--config", "mine.toml", "--seed", "8", "--dry-run").stdout
    assert "seed = 8" in output
    assert "one_per_scan = false" in output


def test_the_written_configuration_starts_the_same_run_again(run, alseg, tmp_path, data_dir):
    run("--strategy", "entropy", "--out", "first", "--set", "trackers={}")
    alseg("run", "--config", "first/config.toml", "--out", "second", ALSEG_DATA_DIR=str(data_dir))
    assert numbers(tmp_path / "first") == numbers(tmp_path / "second")
