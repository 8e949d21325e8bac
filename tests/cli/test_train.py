"""``alseg train`` as a user calls it: whole trainings on a small phantom (synthetic)."""

import json
import tomllib

import pytest

SMALL = ("--dataset", "phantom", "--protocol", "demo", "--epochs", "3", "--deterministic")
TINY = (
    "--set",
    "dataset.scans=5",
    "--set",
    "model.features=2",
    "--set",
    "model.levels=1",
    "--set",
    "classic.checkpoint_interval=0",
)
VOLUMES = ("--dim", "3", "--patch-size", "16", "24", "24", "--patches-per-scan", "1")

STRIKER = """
    import os
    import pathlib
    import signal

    import alcore

    class Striker(alcore.Moments):
        def __init__(self, options, *, directory):
            self.marker = directory / "struck"

        def epoch_finished(self, *, epoch, **_):
            if epoch == 3 and not self.marker.exists():
                self.marker.touch()
                os.kill(os.getpid(), signal.SIGKILL)

    @alcore.hookimpl
    def register_trackers():
        yield alcore.TrackerSpec(name="striker", summary="Strikes in epoch 3.", target="alseg_striker:Striker")
"""


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    """Stores that tests share: the phantom is converted once."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture
def train(alseg, data_dir):
    """``alseg train`` with small settings."""

    def call(*arguments, **details):
        return alseg("train", *SMALL, *TINY, *arguments, ALSEG_DATA_DIR=str(data_dir), **details)

    return call


def record(directory):
    """The one committed round without its times."""
    (line,) = (directory / "rounds.jsonl").read_text().splitlines()
    values = json.loads(line)
    del values["seconds"]
    return values


@pytest.mark.parametrize("volumes", [(), VOLUMES], ids=["2D", "3D"])
def test_a_training_killed_in_an_epoch_resumes_to_the_same_numbers(
    train, alseg, installed, tmp_path, data_dir, volumes
):
    options = (*volumes, "--set", "model.dropout=0.2", "--set", "learner.schedule=cosine")
    options += ("--set", "learner.augmentation.flip_probability=0.5")
    installed("alseg-striker", source=STRIKER)
    train("--out", "killed", *options, "--set", "trackers={striker={}}", status=-9)
    assert (tmp_path / "killed" / "checkpoints" / "epoch.pt").exists()
    assert (tmp_path / "killed" / "rounds.jsonl").read_text() == ""
    resumed = alseg("resume", "killed", ALSEG_DATA_DIR=str(data_dir))
    assert "epoch 1 of 3" not in resumed.stderr
    unbroken = train("--out", "unbroken", *options, "--set", "trackers={}")
    assert record(tmp_path / "killed") == record(tmp_path / "unbroken")
    assert [path.name for path in (tmp_path / "killed" / "checkpoints").iterdir()] == ["round-0000.pt"]
    dim = 3 if volumes else 2
    assert f"classic training in {dim}D on phantom (synthetic data), seed 0" in unbroken.stdout
    assert "estimate:" in unbroken.stderr
    found = record(tmp_path / "unbroken")
    assert found["labelled"] == found["pool"] == found["queried"]
    assert len(found["losses"]) == 3
    config = tomllib.loads((tmp_path / "unbroken" / "config.toml").read_text())
    assert (config["mode"], config["classic"]["dim"], config["loop"]) == ("train", dim, {"rounds": 0})
    assert "strategy" not in config
    assert "strategy" not in json.loads((tmp_path / "unbroken" / "environment.json").read_text())["components"]


def test_an_unset_patch_size_is_chosen_and_recorded_and_a_larger_one_is_padded(train, tmp_path):
    train("--dim", "3", "--patches-per-scan", "1", "--epochs", "1", "--out", "chosen", "--set", "trackers={}")
    config = tomllib.loads((tmp_path / "chosen" / "config.toml").read_text())
    depth, height, width = config["classic"]["patch_size"]
    assert 16 <= depth <= 24
    assert 48 <= height == width <= 64
    large = ("--patch-size", "40", "72", "72", "--epochs", "1", "--patches-per-scan", "1")
    train("--dim", "3", *large, "--out", "large", "--set", "trackers={}")
    assert record(tmp_path / "large")["scores"]["validation"]["dice"]["mean"] is not None


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--patch-size", "16", "24", "24"], ["patch_size", "dim = 3"]),
        (["--dim", "3", "--patch-size", "4", "24", "24"], ["patch_size", "greater than or equal to 8"]),
        (["--dim", "3", "--overlap", "1"], ["overlap", "less than 1"]),
        (["--set", "strategy.name=entropy"], ["classic training has no strategy", "alseg run"]),
        (["--set", "loop.rounds=3"], ["classic training has no loop"]),
    ],
)
def test_bad_input_gets_one_sentence_and_a_hint(train, tmp_path, arguments, expected):
    message = train(*arguments, "--out", "bad", status=2).stderr
    assert "Traceback" not in message
    assert not (tmp_path / "bad").exists()
    for part in expected:
        assert part in message


def test_a_model_without_a_3d_form_is_named(train, installed, tmp_path):
    source = """
        import alcore

        @alcore.hookimpl
        def register_models():
            yield alcore.ModelSpec(name="flat", summary="Slices only.", target="alseg_flat:Flat", dims=(2,))
    """
    installed("alseg-flat", source=source)
    settings = ("--protocol", "demo", "--set", "dataset.scans=5")
    message = train("--model", "flat", "--dim", "3", *settings, "--out", "bad", status=2).stderr
    assert "model" in message
    assert not (tmp_path / "bad").exists()
