"""The estimate counts the steps that rounds are planned to take, whatever the learner's options."""

from types import SimpleNamespace

import pytest
import torch
from alseg_learners import savings
from alseg_learners.options import SlicesOptions
from alseg_learners.slices import planned_steps


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
    assert planned_steps(SlicesOptions(batch_size=4, **options), [10, 14, 16]) == (steps, sizes)


@pytest.mark.parametrize(
    ("amp", "seconds", "saved", "said"),
    [
        ("off", {"off": 2.0, "bfloat16": 1.0}, 0.5, "--set learner.amp=bfloat16 computes in half precision"),
        ("off", {"off": 1.0, "bfloat16": 9.0}, -8.0, "--set learner.amp=bfloat16 computes in half precision"),
        ("bfloat16", {"off": 1.0, "bfloat16": 4.0}, 0.75, "--set learner.amp=off is faster here"),
    ],
)
def test_another_precision_is_advised_by_what_it_saves_on_this_machine(monkeypatch, amp, seconds, saved, said):
    monkeypatch.setattr(savings, "step_seconds", lambda learner, batch, options: seconds[options.amp])
    task = SimpleNamespace(device=torch.device("cpu"))
    learner = SimpleNamespace(options=SlicesOptions(amp=amp), task=task)
    assert savings.precision_saving(learner, None) == (saved, said)
