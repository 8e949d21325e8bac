"""A round is permanent in phases: a run that was stopped between two goes on after the last, with the same numbers."""

import json
import sys
import types

import numpy as np
import pytest
import torch
from alseg_annotators.simulated import Simulated

from alcore import AlsegError, AnnotatorSpec, Moments, hookimpl
from alcore.engine.device import set_deterministic
from alcore.registry import Found, Registry, discover, load_plugins
from alcore.runs.config import resolve
from alcore.runs.directory import RunDirectory
from alcore.runs.layers import layered
from alcore.runs.run import resume, start
from alcore.testing import fixtures

tiny_component, tiny_store = fixtures.tiny_component, fixtures.tiny_store


class Folder(Simulated):
    """An annotator that waits until somebody puts a file into its folder, and has taken 12.5 seconds."""

    def __init__(self, options, *, task):
        super().__init__(options, task=task)
        self.directory = task.directory

    def collect(self, round_number):
        if not (self.directory / f"done-{round_number}").exists():
            return None
        answer = super().collect(round_number)
        half = answer.units.take(range(len(answer.units) // 2)) if round_number == 2 else answer.units
        return type(answer)(half, answer.read, 12.5)


@pytest.fixture
def registry(monkeypatch):
    """What is installed, and the annotator that waits."""
    module = types.ModuleType("waits")
    module.Folder = Folder
    spec = AnnotatorSpec(name="waits", summary="Waits for a file.", target="waits:Folder")
    module.register_annotators = hookimpl(lambda: [spec])
    monkeypatch.setitem(sys.modules, "waits", module)
    return Registry(load_plugins([*discover(), Found("waits", "waits", "tests", "1")]))


@pytest.fixture(autouse=True)
def _no_trace_in_torch():
    yield
    set_deterministic(False, torch.device("cpu"))


@pytest.fixture
def config(tiny_store):
    def make(registry, **values):
        given = {
            "dataset": {"name": str(tiny_store.path)},
            "device": "cpu",
            "deterministic": True,
            "model": {"name": "unet", "features": 2, "levels": 1},
            "learner": {"epochs": 2, "batch_size": 4},
            "loop": {"rounds": 2, "budget": 4, "initial": 3},
            "strategy": "predictive-entropy",
            "trackers": {},
        }
        return resolve(layered({**given, **values}, protocol="demo"), registry)

    return make


class Stop(Moments):
    """Breaks off while round 1 trains."""

    def epoch_finished(self, *, round, **_):
        if round == 1:
            raise KeyboardInterrupt


def numbers(path):
    directory = RunDirectory.open(path)
    rounds = [{key: value for key, value in record.items() if key != "seconds"} for record in directory.rounds()]
    return rounds, directory.selections()


def test_a_round_that_was_stopped_in_training_is_not_queried_again(config, tmp_path):
    registry = Registry.installed()
    start(config(registry), registry, tmp_path / "whole")
    assert not (tmp_path / "whole" / "round.json").exists()
    with pytest.raises(KeyboardInterrupt):
        start(config(registry), registry, tmp_path / "stopped", listeners=[Stop()])
    noted = RunDirectory.open(tmp_path / "stopped").in_progress()
    assert (noted["round"], noted["phase"], len(noted["indices"])) == (1, "annotated", 4)
    resume(tmp_path / "stopped", registry)
    assert numbers(tmp_path / "stopped") == numbers(tmp_path / "whole")


def test_what_was_chosen_is_read_and_not_asked_for_again(config, tmp_path):
    registry = Registry.installed()
    with pytest.raises(KeyboardInterrupt):
        start(config(registry), registry, tmp_path / "run", listeners=[Stop()])
    path = tmp_path / "run" / "round.json"
    noted = json.loads(path.read_text())
    labelled = {row["slice"] for row in RunDirectory.open(tmp_path / "run").selections()}
    other = [row for row in range(12) if row not in labelled | set(noted["indices"])][:2]
    path.write_text(json.dumps({**noted, "indices": other, "scores": [0.5, 0.25]}))
    resume(tmp_path / "run", registry)
    chosen = [(row["slice"], row["score"]) for row in numbers(tmp_path / "run")[1] if row["round"] == 1]
    assert chosen == [(other[0], 0.5), (other[1], 0.25)]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"{", "Invalid JSON"),
        (b"[]", "Input should be an object"),
        (b'{"round": 1}', "Field required"),
        (b'{"round": 1, "phase": "dreamt"}', "phase: Input should be 'queried' or 'annotated'"),
    ],
)
def test_a_damaged_note_is_named(config, tmp_path, content, fault):
    registry = Registry.installed()
    with pytest.raises(KeyboardInterrupt):
        start(config(registry), registry, tmp_path / "run", listeners=[Stop()])
    (tmp_path / "run" / "round.json").write_bytes(content)
    with pytest.raises(AlsegError, match=r"round\.json is damaged: ") as refused:
        resume(tmp_path / "run", registry)
    assert fault in refused.value.message
    assert len(RunDirectory.open(tmp_path / "run").rounds()) == 1


def test_a_run_waits_for_its_annotator_and_goes_on_with_what_it_gives(config, registry, tmp_path):
    reasons = []

    class Heard(Moments):
        def run_finished(self, *, reason, **_):
            reasons.append(reason)

    run = tmp_path / "run"
    start(config(registry, annotator="waits"), registry, run, listeners=[Heard()])
    for number in range(3):
        assert RunDirectory.open(run).in_progress()["phase"] == "queried"
        assert len(RunDirectory.open(run).rounds()) == number
        (run / "annotator").mkdir(exist_ok=True)
        (run / "annotator" / f"done-{number}").touch()
        resume(run, registry, listeners=[Heard()])
    assert reasons == ["waiting for labels"] * 3 + ["rounds"]
    records, selections = numbers(run)
    assert [record["annotator_seconds"] for record in records] == [12.5] * 3
    assert [record["labelled"] for record in records] == [3, 7, 9]
    assert np.bincount([row["round"] for row in selections]).tolist() == [3, 4, 2]

    plain = Registry.installed()
    start(config(plain), plain, tmp_path / "plain")
    simulated, same = numbers(tmp_path / "plain")
    without = [{key: value for key, value in record.items() if key != "annotator_seconds"} for record in records]
    assert without[:2] == simulated[:2]
    assert selections == same[: len(selections)]
