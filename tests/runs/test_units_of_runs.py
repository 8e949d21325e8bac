"""Whole runs that query patches and volumes, in 2D and 3D; and what does not fit is said before anything starts."""

import csv

import numpy as np
import pytest
import torch

from alcore import AlsegError, Moments
from alcore.engine.device import set_deterministic
from alcore.registry import Registry
from alcore.runs.config import resolve
from alcore.runs.directory import RunDirectory
from alcore.runs.layers import layered
from alcore.runs.run import resume, start
from alcore.testing import fixtures

tiny_component, tiny_store = fixtures.tiny_component, fixtures.tiny_store

SLICES = {"epochs": 1, "batch_size": 4}
VOLUMES = {"name": "volumes", "patch_size": [8, 8, 8], "patches_per_scan": 2, "epochs": 1}
PATCHES = {"unit": "patch", "patch_size": [3, 4, 5], "patch_stride": [1, 2, 2], "budget": 3, "initial": 2}


@pytest.fixture(autouse=True)
def _no_trace_in_torch():
    yield
    set_deterministic(False, torch.device("cpu"))


@pytest.fixture
def config(tiny_store):
    def make(**values):
        given = {
            "dataset": {"name": str(tiny_store.path)},
            "device": "cpu",
            "deterministic": True,
            "model": {"name": "unet", "features": 2, "levels": 1},
            "learner": SLICES,
            "loop": {**PATCHES, "rounds": 2},
            "strategy": "predictive-entropy",
            "trackers": {},
        }
        return resolve(layered({**given, **values}, protocol="demo"), Registry.installed())

    return make


class Stop(Moments):
    def epoch_finished(self, *, round, **_):
        if round == 1:
            raise KeyboardInterrupt


def numbers(path):
    directory = RunDirectory.open(path)
    rounds = [{key: value for key, value in record.items() if key != "seconds"} for record in directory.rounds()]
    return rounds, directory.selections()


@pytest.mark.parametrize(
    ("learner", "strategy", "unit"),
    [
        (SLICES, "predictive-entropy", "patch"),
        (VOLUMES, "margin", "patch"),
        (SLICES, "stratified", "volume"),
        (VOLUMES, "random", "volume"),
        (SLICES, "distance", "volume"),
    ],
)
def test_a_run_of_other_units_is_stopped_and_goes_on_with_the_same_numbers(config, tmp_path, learner, strategy, unit):
    loop = {**PATCHES, "rounds": 2, "unit": unit} | ({"budget": 1, "initial": 1} if unit == "volume" else {})
    registry, settings = Registry.installed(), config(learner=learner, strategy=strategy, loop=loop)
    start(settings, registry, tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        start(settings, registry, tmp_path / "stopped", listeners=[Stop()])
    resume(tmp_path / "stopped", registry)
    rounds, selections = numbers(tmp_path / "whole")
    assert numbers(tmp_path / "stopped") == (rounds, selections)
    boxes = [(row["slices"], row["height"], row["width"]) for row in selections]
    voxels = np.cumsum(np.bincount([row["round"] for row in selections], np.prod(boxes, axis=1)))
    assert [record["labelled_voxels"] for record in rounds] == voxels.tolist()
    assert {row["foreground"] >= row["boundary"] >= 0 for row in selections} == {True}
    if unit == "patch":
        assert set(boxes) == {(3, 4, 5)}


def test_a_replay_chooses_the_same_patches(config, tmp_path):
    registry = Registry.installed()
    start(config(), registry, tmp_path / "first")
    values = {"model": {"name": "unet", "features": 3, "levels": 1}}
    start(resolve(layered(values, replay=tmp_path / "first"), registry), registry, tmp_path / "again")
    (_, chosen), (_, again) = numbers(tmp_path / "first"), numbers(tmp_path / "again")
    assert again == chosen
    with (tmp_path / "again" / "replayed.csv").open(newline="") as file:
        assert [row["slice"] for row in csv.DictReader(file)] == [str(row["slice"]) for row in chosen]
    other = {"loop": {"patch_stride": [1, 1, 1]}}
    with pytest.raises(AlsegError, match=r"patch \d+ of the pool is not the one that the replayed run queried"):
        start(resolve(layered(other, replay=tmp_path / "first"), registry), registry, tmp_path / "other")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"strategy": "strided"}, "the strategy 'strided' cannot choose patches, only slices"),
        ({"strategy": "distance"}, "the strategy 'distance' cannot choose patches, only slices and volumes"),
        ({"strategy": {"name": "strided", "selection": "entropy"}}, "'strided' cannot choose"),
        ({"loop": {**PATCHES, "patch_size": [0, 4, 4]}}, "patch_size"),
        ({"loop": {**PATCHES, "patch_stride": [1, 0, 1]}}, "patch_stride"),
        ({"loop": {**PATCHES, "start": "clustering"}}, "cannot choose the first slices"),
        ({"loop": {**PATCHES, "unit": "voxel"}}, "unit"),
    ],
)
def test_what_does_not_fit_is_said_before_anything_starts(config, values, sentence):
    with pytest.raises(AlsegError) as refused:
        config(**values)
    assert sentence in refused.value.message


def test_a_patch_that_is_larger_than_every_scan_is_refused_with_what_would_fit(config, tmp_path):
    loop = {**PATCHES, "patch_size": [50, 60, 70]}
    with pytest.raises(AlsegError, match="a patch of 50 x 60 x 70 voxels is larger than every scan") as refused:
        start(config(loop=loop), Registry.installed(), tmp_path / "run")
    assert "no scan has more than 5 x 12 x 10" in refused.value.hint
    assert not (tmp_path / "run").exists()
