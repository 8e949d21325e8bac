"""A checkpoint of another model, or a damaged one, is refused in a sentence and changes nothing."""

import copy

import pytest
import torch
from torch import nn

from alcore import AlsegError, ForeignStateError, load_weights
from alcore.runs.checkpoint import Checkpoint, restore_learner


def network(n_classes=3, *, norm=True, width=4):
    layers = [nn.Conv2d(1, width, 3), nn.BatchNorm2d(width) if norm else nn.ReLU(), nn.Conv2d(width, n_classes, 1)]
    return nn.Sequential(*layers)


@pytest.mark.parametrize(
    ("other", "difference"),
    [
        (network(4), r"its '2.weight' has the shape \(4, 4, 1, 1\), this model's \(3, 4, 1, 1\)"),
        (network(width=5), r"its '0.weight' has the shape \(5, 1, 3, 3\)"),
        (network(norm=False), "it has no weight '1.bias'"),
        (nn.Sequential(*network(), nn.Linear(2, 2)), "it has a weight '3.bias', which this model has not"),
    ],
    ids=["more classes", "wider", "without norm", "longer"],
)
def test_the_first_difference_is_named_and_the_model_stays_as_it_was(other, difference):
    model = network()
    before = copy.deepcopy(model.state_dict())
    with pytest.raises(ForeignStateError, match=difference):
        load_weights(model, other.state_dict())
    assert all(torch.equal(value, model.state_dict()[name]) for name, value in before.items())


def test_the_same_model_takes_the_weights():
    model, other = network(), network()
    load_weights(model, other.state_dict())
    assert torch.equal(model[0].weight, other[0].weight)


class Weighs:
    """A learner that is nothing but a network."""

    def __init__(self):
        self.model = network()

    def restore(self, state):
        load_weights(self.model, state["model"])


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ({"model": network(4).state_dict()}, "round-0001.pt was made by another model: its '2.weight'"),
        ({"model": network().double().state_dict()}, "'0.weight' is torch.float64, this model's torch.float32"),
        ({"model": [1.0]}, "round-0001.pt is damaged: .*its weights are not a table"),
        ({"model": {"weight": "text"}}, "round-0001.pt is damaged: .*its weights are not a table"),
        ({}, "round-0001.pt is damaged: .*KeyError"),
    ],
)
def test_a_state_that_a_learner_cannot_take_names_the_checkpoint(tmp_path, state, expected):
    checkpoint = Checkpoint(state, torch.zeros(1, dtype=torch.uint8), {})
    with pytest.raises(AlsegError, match=expected):
        restore_learner(Weighs(), checkpoint, tmp_path / "round-0001.pt")
