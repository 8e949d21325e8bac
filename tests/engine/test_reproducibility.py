"""Two deterministic runs agree bit for bit, whatever the learner's options; so does one that was interrupted."""

import numpy as np
import pytest
import torch

from alcore import Selection
from alcore.engine.device import set_deterministic
from alcore.engine.loop import active_learning
from alcore.runs.checkpoint import load_checkpoint, save_checkpoint
from alcore.testing.rounds import KeptRounds

SCHEDULES = {
    "no schedule": {},
    "cosine": {"schedule": "cosine"},
    "plateau": {"schedule": "plateau", "plateau_patience": 0},
    "polynomial": {"schedule": "polynomial"},
}
OPTIONS = {
    f"{optimiser}, {schedule}": {"optimiser": optimiser, "epochs": 3, **details}
    for optimiser in ("adam", "adamw", "sgd")
    for schedule, details in SCHEDULES.items()
} | {
    "nesterov and clipping": {"optimiser": "sgd", "nesterov": True, "clip_norm": 0.1},
    "early stopping": {"epochs": 6, "early_stopping_patience": 1},
    "growing epochs": {"epochs": 1, "epochs_growth": 2},
    "fixed steps": {"steps_per_round": 7},
    "accumulation": {"batch_size": 4, "micro_batch_size": 2},
    "half precision": {"amp": "bfloat16"},
    "augmentation": {"augmentation": {"flip_probability": 0.5, "rotation": 20, "gamma": 0.3, "noise": 0.1}},
}


class Uncertain:
    """Takes the slices with the least confident predictions."""

    def select(self, query):
        scores = query.predictor.scores(query.candidates, lambda p: p.amax(dim=1).sum(dim=(1, 2)))
        return Selection(query.candidates[np.argsort(scores, kind="stable")[: query.budget]])


@pytest.fixture(autouse=True)
def _deterministic():
    set_deterministic(True, torch.device("cpu"))
    yield
    set_deterministic(False, torch.device("cpu"))


def run(experiment, first_round=0):
    """The records without their times, the selections, and the weights at the end."""
    log = KeptRounds()
    active_learning(experiment, first_round=first_round, log=log)
    results = log.results
    records = [{key: value for key, value in result.record.items() if key != "seconds"} for result in results]
    return records, [result.selection.indices.tolist() for result in results], experiment.learner.model.state_dict()


def assert_same_weights(one, other):
    assert all(torch.equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_two_runs_agree_and_so_does_one_that_was_resumed(experiment_of, tmp_path, options):
    records, selections, weights = run(experiment_of(Uncertain(), **options))
    again = run(experiment_of(Uncertain(), **options))
    assert again[:2] == (records, selections)
    assert_same_weights(again[2], weights)
    interrupted = experiment_of(Uncertain(), rounds=0, **options)
    run(interrupted)
    save_checkpoint(interrupted, tmp_path / "round-0000.pt")
    torch.rand(3)
    resumed = experiment_of(Uncertain(), **options)
    queried = [{"round": 0, "kind": "initial", "slice": index} for index in selections[0]]
    load_checkpoint(resumed, tmp_path / "round-0000.pt", queried)
    rest = run(resumed, first_round=1)
    assert rest[:2] == (records[1:], selections[1:])
    assert_same_weights(rest[2], weights)


def test_every_option_changes_the_numbers(experiment_of):
    # Otherwise the agreement above would say nothing about it.
    weights = [run(experiment_of(Uncertain(), **options))[2] for options in OPTIONS.values()]
    assert len({tuple(state["last.weight"].flatten().tolist()) for state in weights}) == len(OPTIONS)
