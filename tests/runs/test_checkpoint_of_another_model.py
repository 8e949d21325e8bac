"""A checkpoint of another model, or a damaged one, is refused in a sentence and changes nothing."""

import copy

import pytest
import torch
from torch import nn

from alcore import AlsegError
from alcore.runs.checkpoint import load_weights


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
def test_the_first_difference_is_named_and_the_model_stays_as_it_was(tmp_path, other, difference):
    model = network()
    before = copy.deepcopy(model.state_dict())
    with pytest.raises(AlsegError, match=f"round-0001.pt was made by another model: {difference}"):
        load_weights(model, other.state_dict(), tmp_path / "round-0001.pt")
    assert all(torch.equal(value, model.state_dict()[name]) for name, value in before.items())


def test_the_same_model_takes_the_weights(tmp_path):
    model, other = network(), network()
    load_weights(model, other.state_dict(), tmp_path / "round-0001.pt")
    assert torch.equal(model[0].weight, other[0].weight)
