"""Whole trainings on the tiny data set: stopped and resumed, repeated, and what they record."""

import signal
import sys
import tomllib
import types

import pytest
import torch

from alcore import AlsegError, ModelSpec, Moments, hookimpl
from alcore.engine.device import set_deterministic
from alcore.registry import Registry
from alcore.runs.config import resolve
from alcore.runs.layers import layered
from alcore.runs.run import resume, start
from alcore.testing import fixtures

tiny_component, tiny_store, isolated_registry = (
    fixtures.tiny_component,
    fixtures.tiny_store,
    fixtures.isolated_registry,
)

VOLUMES = {"name": "volumes", "patch_size": [8, 8, 8], "patches_per_scan": 2}

SLICES = {"name": "slices"}


class Stop(Moments):
    """Breaks off in epoch 3, as Ctrl-C does."""

    def epoch_finished(self, *, epoch, **_):
        if epoch == 3:
            signal.raise_signal(signal.SIGINT)
            raise KeyboardInterrupt  # where Ctrl-C is ignored


class Epochs(Moments):
    """Which epochs were trained."""

    def __init__(self):
        self.seen = []

    def epoch_finished(self, *, epoch, **_):
        self.seen.append(epoch)


@pytest.fixture(autouse=True)
def _no_trace_in_torch():
    yield
    set_deterministic(False, torch.device("cpu"))


@pytest.fixture
def config(tiny_store):
    """The configuration of a deterministic training of a tiny network with dropout, schedule and augmentation."""

    def make(options=SLICES, registry=None, **values):
        learner = {"epochs": 4, "batch_size": 4, "schedule": "cosine", "augmentation": {"flip_probability": 0.5}}
        learner |= options
        shared = {
            "full_data": True,
            "checkpoint_interval": 0,
            "dataset": {"name": str(tiny_store.path)},
            "device": "cpu",
            "deterministic": True,
        }
        model = {"name": "unet", "features": 2, "levels": 1, "dropout": 0.2}
        given = {**shared, "model": model, "learner": learner, "trackers": {}}
        return resolve(layered({**given, **values}, protocol="demo"), registry or Registry.installed())

    return make


def record(directory):
    """The one committed round without its times."""
    (found,) = directory.rounds()
    return {key: value for key, value in found.items() if key != "seconds"}


def weights(directory):
    return torch.load(directory.checkpoint_path(0), weights_only=True)["learner"]["model"]


def assert_same(one, other):
    assert record(one) == record(other)
    assert all(torch.equal(value, weights(other)[name]) for name, value in weights(one).items())


@pytest.mark.parametrize("learner", [SLICES, VOLUMES], ids=["2D", "3D"])
def test_two_trainings_agree_bit_for_bit_and_so_does_one_that_was_stopped(config, tmp_path, learner):
    registry = Registry.installed()
    one = start(config(learner), registry, tmp_path / "one")
    assert_same(one, start(config(learner), registry, tmp_path / "two"))
    with pytest.raises(KeyboardInterrupt):
        start(config(learner), registry, tmp_path / "stopped", listeners=[Stop()])
    torch.rand(3)
    epochs = Epochs()
    resumed = resume(tmp_path / "stopped", registry, listeners=[epochs])
    assert epochs.seen == [3, 4] or epochs.seen == [4]
    assert_same(one, resumed)
    assert [path.name for path in (resumed.path / "checkpoints").iterdir()] == ["round-0000.pt"]
    other = start(config(learner, seed=1), registry, tmp_path / "other")
    assert record(other)["losses"] != record(one)["losses"]


def test_everything_is_labelled_and_the_configuration_names_no_strategy(config, tmp_path):
    directory = start(config(), Registry.installed(), tmp_path / "run")
    found = record(directory)
    assert found["labelled"] == found["pool"] == found["queried"] == 15
    assert len(found["losses"]) == len(found["validation_dice"]) == 4
    values = directory.config()
    assert (values["full_data"], values["checkpoint_interval"], values["loop"]) == (True, 0, {"rounds": 0})
    assert "strategy" not in values
    assert "strategy" not in directory.environment()["components"]


def test_an_unset_patch_size_is_chosen_and_recorded_and_a_larger_one_is_padded(config, tmp_path):
    registry = Registry.installed()
    chosen = start(config({"name": "volumes", "patches_per_scan": 1}), registry, tmp_path / "chosen")
    recorded = tomllib.loads((chosen.path / "config.toml").read_text())
    assert recorded["learner"]["patch_size"] == [8, 16, 16]  # scans of 5 x 12 x 10, in steps of 8
    large = start(config({**VOLUMES, "patch_size": [24, 16, 32]}), registry, tmp_path / "large")
    assert record(large)["scores"]["validation"]["dice"]["mean"] is not None


@pytest.mark.parametrize(
    ("learner", "values", "expected"),
    [
        ({"patch_size": [16, 24, 24]}, {}, "learner 'slices' has no option 'patch_size'"),
        ({"name": "volumes", "overlap": 1}, {}, "overlap.*less than 1"),
        ({}, {"strategy": {"name": "entropy"}}, "full-data training has no strategy"),
        ({}, {"loop": {"rounds": 3}}, "full-data training has no loop"),
    ],
)
def test_what_does_not_fit_training_is_named(config, learner, values, expected):
    with pytest.raises(AlsegError, match=expected):
        config(learner, **values)


def test_a_model_without_a_3d_form_is_named_with_those_that_have_one(config, isolated_registry, monkeypatch, tmp_path):
    flat = types.ModuleType("alseg_flat")
    spec = ModelSpec(name="flat", summary="Slices only.", target="alseg_flat:Flat")
    flat.register_models = hookimpl(specname="register_models")(lambda: [spec])
    monkeypatch.setitem(sys.modules, "alseg_flat", flat)
    installed = Registry.installed()
    registry = Registry([*installed.records, *isolated_registry(flat).records])
    with pytest.raises(AlsegError, match=r"the model 'flat' \(.*\) has no 3D form, only 2D") as raised:
        start(config(VOLUMES, registry, model={"name": "flat"}), registry, tmp_path / "bad")
    assert raised.value.hint.startswith("models with a 3D form: ")
    assert "unet" in raised.value.hint
    assert "flat" not in raised.value.hint
    assert not (tmp_path / "bad").exists()
