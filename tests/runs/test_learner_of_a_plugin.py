"""A learner that knows alseg by its public names alone runs, is resumed, measured, and says what it cannot give."""

import importlib

import pytest
from alseg.scaffold import PluginNames, write_plugin

from alcore import AlsegError, Moments
from alcore.prediction.evaluate import evaluate_split
from alcore.registry import Registry
from alcore.runs.config import resolve
from alcore.runs.layers import layered
from alcore.runs.run import resume, start
from alcore.testing import check_learner, fixtures

tiny_component, tiny_store, isolated_registry = (
    fixtures.tiny_component,
    fixtures.tiny_store,
    fixtures.isolated_registry,
)


@pytest.fixture
def plugin(tmp_path, monkeypatch):
    """The module of a plugin as ``alseg plugins new --kind learner`` writes it: logistic regression, voxel by voxel."""
    monkeypatch.syspath_prepend(write_plugin(PluginNames.parse("my-voxels"), "learner", tmp_path / "made", "Ada"))
    return importlib.import_module("alseg_my_voxels.plugin")


@pytest.fixture
def registry(plugin, isolated_registry):
    return Registry([*Registry.installed().records, *isolated_registry(plugin).records])


@pytest.fixture
def config(tiny_store, registry):
    def make(**values):
        given = {"dataset": {"name": str(tiny_store.path)}, "learner": "my-voxels", "rounds": 3, "budget": 2}
        return resolve(layered({**given, "initial": 3, "trackers": {}, **values}, protocol="demo"), registry)

    return make


class Stop(Moments):
    """Breaks off once round 1 is committed."""

    def round_finished(self, *, round, **_):
        if round == 1:
            raise RuntimeError("broken off")


def curve(directory):
    return [record["scores"] for record in directory.rounds()]


def test_it_keeps_the_contract(plugin):
    (spec,) = plugin.register_learners()
    check_learner(spec)


def test_it_runs_and_is_resumed_with_the_same_numbers_and_measured(config, registry, tmp_path):
    whole = start(config(strategy="entropy"), registry, tmp_path / "whole")
    with pytest.raises(RuntimeError, match="broken off"):
        start(config(strategy="entropy"), registry, tmp_path / "stopped", listeners=[Stop()])
    resumed = resume(tmp_path / "stopped", registry)
    assert len(curve(whole)) == 4
    assert curve(resumed) == curve(whole)
    assert resumed.selections() == whole.selections()
    assert evaluate_split(whole.path, registry).summary() == curve(whole)[-1]["validation"]
    assert {"model", "loss"}.isdisjoint(whole.config())


def test_scores_of_scans_are_kept_and_rounds_hold_their_means(config, registry, tmp_path):
    directory = start(config(strategy="random"), registry, tmp_path / "run")
    for number, record in enumerate(directory.rounds()):
        (dice,) = {row["metric"] for row in directory.scores(number)}
        for name, mean in record["scores"]["validation"][dice]["per_class"].items():
            rows = [row for row in directory.scores(number) if row["class"] == name]
            values = [row["value"] for row in rows if row["value"] is not None]
            assert len({row["scan"] for row in rows}) == len(rows) == 1  # of one validation scan
            assert mean == (pytest.approx(sum(values) / len(values)) if values else None)


def test_it_trains_on_all_labels(tiny_store, registry, tmp_path):
    given = {"full_data": True, "dataset": {"name": str(tiny_store.path)}, "learner": "my-voxels", "trackers": {}}
    (record,) = start(resolve(layered(given, protocol="demo"), registry), registry, tmp_path / "full").rounds()
    assert record["labelled"] == record["pool"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"model": "v-net"}, "the learner 'my-voxels' brings its own model"),
        ({"loss": {"gamma": 3.0}}, "the learner 'my-voxels' brings its own loss"),
        ({"strategy": "distance"}, "needs features, which the learner 'my-voxels' does not give"),
    ],
)
def test_what_it_has_no_use_for_or_cannot_give_is_said_before_anything_starts(
    config, registry, tmp_path, values, expected
):
    with pytest.raises(AlsegError, match=expected):
        start(config(**values), registry, tmp_path / "run")
    assert not (tmp_path / "run").exists()
