"""The estimate counts the steps that rounds are planned to take, whatever the learner's options."""

from types import SimpleNamespace

import pytest
import torch

from alcore.engine.options import LearnerOptions, LoopOptions
from alcore.runs import estimate
from alcore.runs.estimate import planned_steps


@pytest.mark.parametrize(
    ("options", "steps", "sizes"),
    [
        # Rounds have 10, 14 and 16 slices, the pool being exhausted.
        ({"epochs": 2}, [6, 8, 8], [4, 4, 4]),
        ({"epochs": 2, "epochs_growth": 3}, [6, 20, 32], [4, 4, 4]),
        ({"epochs": 2, "min_steps": 12}, [20, 24, 24], [1, 2, 2]),
        ({"epochs": 3, "steps_per_round": 7}, [7, 7, 7], [4, 4, 4]),
    ],
)
def test_steps_are_planned_by_round(options, steps, sizes):
    options, loop = LearnerOptions(batch_size=4, **options), LoopOptions(rounds=2, budget=4, initial=10)
    assert planned_steps(options, loop, n_slices=16) == (steps, sizes)


@pytest.mark.parametrize(
    ("amp", "seconds", "saved", "said"),
    [
        ("off", {"off": 2.0, "bfloat16": 1.0}, 0.5, "--set learner.amp=bfloat16 computes in half precision"),
        ("off", {"off": 1.0, "bfloat16": 9.0}, -8.0, "--set learner.amp=bfloat16 computes in half precision"),
        ("bfloat16", {"off": 1.0, "bfloat16": 4.0}, 0.75, "--set learner.amp=off is faster here"),
    ],
)
def test_another_precision_is_advised_by_what_it_saves_on_this_machine(monkeypatch, amp, seconds, saved, said):
    monkeypatch.setattr(estimate, "step_seconds", lambda experiment, n, options: seconds[options.amp])
    learner = SimpleNamespace(options=LearnerOptions(amp=amp))
    experiment = SimpleNamespace(learner=learner, inference=SimpleNamespace(device=torch.device("cpu")))
    assert estimate.precision_saving(experiment) == (saved, said)
