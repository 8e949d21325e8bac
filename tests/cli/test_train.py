"""``alseg train`` as a user calls it, on a small phantom (synthetic); whole trainings are in tests/runs."""

import json
import re

import pytest

TINY = ("--dataset", "phantom", "--protocol", "demo", "--set", "dataset.scans=5", "--set", "model.features=2")
SETTINGS = ("--set", "model.levels=1", "--set", "checkpoint_interval=0", "--set", "model.dropout=0.2")
VOLUMES = (
    *("--learner", "volumes"),
    *("--set", "learner.patch_size=[16, 24, 24]", "--set", "learner.patches_per_scan=1"),
)

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


@pytest.fixture
def train(alseg, tmp_path):
    """``alseg train`` with small settings; in this process, or as ``command`` does it."""

    def call(*arguments, command=alseg, **details):
        return command("train", *TINY, *SETTINGS, *arguments, ALSEG_DATA_DIR=str(tmp_path / "data"), **details)

    return call


def record(directory):
    """The one committed round without its times."""
    (line,) = (directory / "rounds.jsonl").read_text().splitlines()
    values = json.loads(line)
    del values["seconds"]
    return values


def test_a_training_in_3d_that_was_killed_in_an_epoch_resumes_to_the_same_numbers(
    train, alseg, alseg_process, installed, tmp_path
):
    options = (*VOLUMES, "--epochs", "3", "--deterministic", "--set", "learner.schedule=cosine")
    options += ("--set", "learner.validation_interval=1")
    installed("alseg-striker", source=STRIKER)
    train("--out", "killed", *options, "--set", "trackers={striker={}}", command=alseg_process, status=-9)
    assert (tmp_path / "killed" / "checkpoints" / "epoch.pt").exists()
    assert (tmp_path / "killed" / "rounds.jsonl").read_text() == ""
    resumed = alseg("resume", "killed", ALSEG_DATA_DIR=str(tmp_path / "data"))
    assert "epoch 1 of 3" not in resumed.stderr
    unbroken = train("--out", "unbroken", *options, "--set", "trackers={}")
    found = record(tmp_path / "unbroken")
    assert record(tmp_path / "killed") == found
    assert [path.name for path in (tmp_path / "killed" / "checkpoints").iterdir()] == ["round-0000.pt"]
    assert "full-data training of the learner volumes on phantom (synthetic data), seed 0" in unbroken.stdout
    assert "estimate:" in unbroken.stderr
    rows = re.findall(r"(\d+) +│ +(\d\.\d{4}) +│ +(\d\.\d{4}) ", unbroken.stdout.partition("by epoch")[2])
    scored = [(epoch, dice) for epoch, dice in enumerate(found["validation_dice"], start=1) if dice is not None]
    assert [(int(epoch), float(dice)) for epoch, _, dice in rows] == [
        (k, pytest.approx(dice, abs=1e-4)) for k, dice in scored
    ]
    assert f"kept: {found['kept_epoch']}" in unbroken.stdout


def test_bad_input_gets_one_sentence_and_a_hint(train, tmp_path):
    for arguments, expected in [
        (
            ["--learner", "volumes", "--set", "learner.patch_size=[4, 24, 24]"],
            ["patch_size", "greater than or equal to 8"],
        ),
        (["--set", "strategy.name=entropy"], ["full-data training has no strategy", "alseg run"]),
    ]:
        message = train(*arguments, "--out", "bad", status=2).stderr
        assert "Traceback" not in message
        assert not (tmp_path / "bad").exists()
        for part in expected:
            assert part in message
