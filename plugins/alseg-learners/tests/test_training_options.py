"""Options of training that contradict each other, or that nothing would heed, are refused in one sentence."""

import pytest
from alseg_learners.batches import steps_of_epochs
from alseg_learners.options import SlicesOptions
from pydantic import ValidationError

from alcore import AlsegError
from alcore.registry.component import parse_options


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"optimiser": "adamax"}, "option 'optimiser': input should be 'adam', 'adamw' or 'sgd', not 'adamax'"),
        ({"schedule": "warm"}, "option 'schedule'"),
        ({"momentum": 0.5}, "momentum is an option of optimiser sgd, but optimiser is adam"),
        ({"schedule": "cosine", "polynomial_power": 2}, "polynomial_power is an option of schedule polynomial"),
        ({"final_learning_rate": 1e-5}, "final_learning_rate is an option of schedule cosine or plateau"),
        ({"optimiser": "sgd", "momentum": 0, "nesterov": True}, "nesterov needs a momentum"),
        ({"schedule": "cosine", "final_learning_rate": 1.0}, "final_learning_rate must not exceed learning_rate"),
        ({"schedule": "plateau", "model_selection": "last"}, "watches the validation Dice, which model_selection last"),
        ({"early_stopping_patience": 3, "model_selection": "last"}, "early_stopping_patience watches"),
        ({"early_stopping_delta": 0.1}, "early_stopping_delta needs"),
        ({"steps_per_round": 100, "epochs_growth": 1}, "exclude each other"),
        ({"steps_per_round": 5}, "steps_per_round 5 is less than one for each of 10 epochs"),
        ({"micro_batch_size": 0}, "option 'micro_batch_size'"),
        ({"clip_norm": 0}, "option 'clip_norm'"),
    ],
)
def test_contradictions_are_named(values, expected):
    with pytest.raises(AlsegError) as caught:
        parse_options(SlicesOptions, values, label="the learner", key="learner")
    assert expected in caught.value.message
    assert caught.value.message.startswith("the learner")
    assert "learner." in caught.value.hint


def test_adamw_decays_unless_told_otherwise():
    assert SlicesOptions().weight_decay == 0
    assert SlicesOptions(optimiser="adamw").weight_decay == 0.01
    assert SlicesOptions(optimiser="adamw", weight_decay=0).weight_decay == 0


@pytest.mark.parametrize("optimiser", ["adam", "adamw", "sgd"])
@pytest.mark.parametrize("schedule", ["none", "cosine", "plateau", "polynomial"])
def test_options_that_are_written_out_read_back_the_same(optimiser, schedule):
    options = SlicesOptions(optimiser=optimiser, schedule=schedule)
    assert SlicesOptions(**options.model_dump(mode="json", exclude_none=True)) == options


def test_options_are_frozen():
    with pytest.raises(ValidationError):
        SlicesOptions().epochs = 3


@pytest.mark.parametrize(
    ("options", "round_number", "expected"),
    [
        ({"epochs": 3}, 4, [3, 3, 3]),
        ({"epochs": 2, "epochs_growth": 1}, 0, [3, 3]),
        ({"epochs": 2, "epochs_growth": 1}, 3, [3, 3, 3, 3, 3]),
        ({"epochs": 2, "min_steps": 5}, 1, [5, 5]),
        ({"epochs": 3, "steps_per_round": 7}, 1, [2, 2, 3]),
        ({"epochs": 4, "steps_per_round": 4}, 9, [1, 1, 1, 1]),
    ],
)
def test_a_round_takes_the_planned_steps(options, round_number, expected):
    assert steps_of_epochs(10, SlicesOptions(batch_size=4, **options), round_number) == expected
