"""The estimate counts the steps that rounds are planned to take, whatever the learner's options."""

import pytest

from alcore.engine.options import LearnerOptions, LoopOptions
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
