"""A loss or model that holds on to earlier batches, and a model whose weights grow, are named while they run."""

import copy
import pickle
import sys

import pytest
import torch
from torch import nn

from alcore import AlsegError, LossSpec, ModelSpec, Options
from alcore.registry import Component, Found


class Losses(nn.Module):
    def __init__(self, options, *, label_space):
        super().__init__()
        self.kept = None

    def forward(self, logits, target, weight):
        loss = logits.square().mean()
        before, self.kept = self.kept, self.keep(logits, loss)
        return loss if before is None else loss + before

    def keep(self, logits, loss):
        return loss


class KeepsNumbers(Losses):
    def keep(self, logits, loss):
        return loss.item()


class KeepsLogits(Losses):
    def keep(self, logits, loss):
        return logits.softmax(1).mean()


class OfParts(nn.Module):
    """A loss of another guarded loss, on logits of its own making."""

    def __init__(self, options, *, label_space):
        super().__init__()
        self.part = built(LossSpec, KeepsNumbers, label_space=label_space)

    def forward(self, logits, target, weight):
        return self.part(logits, target, weight) + self.part(logits[..., ::2] * 2, target, weight)


class Model(nn.Module):
    def __init__(self, options, **_):
        super().__init__()
        self.layer = nn.Conv2d(2, 2, 1)
        self.register_buffer("seen", torch.zeros(1))
        self.before = None

    def forward(self, images):
        return self.layer(images)


class Recurrent(Model):
    def forward(self, images):
        state = self.layer(images) + (0 if self.before is None else self.before)
        self.before = state
        return state


class Refines(Model):
    def forward(self, images):
        return self.layer(self.layer(images))


class GrowsInTraining(Model):
    def forward(self, images):
        if self.training:
            self.seen = torch.cat([self.seen, torch.ones(1)])
        return self.layer(images)


class GrowsInEvaluation(Model):
    def forward(self, images):
        if not self.training:
            self.register_buffer("more", torch.ones(1))
        return self.layer(images)


def built(spec_type, kind, **arguments):
    setattr(sys.modules.setdefault(__name__, type(sys)(__name__)), kind.__name__, kind)
    spec = spec_type(name="evil", summary="Evil.", target=f"{__name__}:{kind.__name__}")
    return Component(spec, Found("evil", "evil", "alseg-evil", "6.6")).build(Options(), **arguments)


def model_of(kind):
    return built(ModelSpec, kind, in_channels=2, out_channels=2, dim=2)


def train(model, loss, steps=3):
    for _ in range(steps):
        logits = model(torch.rand(1, 2, 4, 4))
        loss(logits, torch.zeros(1, 4, 4), torch.ones(1)).backward()


@pytest.mark.parametrize("kind", [Losses, KeepsLogits])
def test_a_loss_of_an_earlier_batch_is_named(kind):
    with pytest.raises(AlsegError, match=r"the loss 'evil' \(alseg-evil 6.6\) computes with an earlier batch too"):
        train(model_of(Model), built(LossSpec, kind, label_space=None))


def test_a_model_of_an_earlier_batch_is_named():
    with pytest.raises(AlsegError, match=r"the model 'evil' \(alseg-evil 6.6\) computes with an earlier batch too"):
        train(model_of(Recurrent), built(LossSpec, KeepsNumbers, label_space=None))


@pytest.mark.parametrize("loss", [KeepsNumbers, OfParts])
@pytest.mark.parametrize("model", [Model, Refines])
def test_what_belongs_to_one_batch_is_no_fault(loss, model):
    train(model_of(model), built(LossSpec, loss, label_space=None))


def test_a_model_that_refines_its_own_logits_is_no_fault():
    model, loss = model_of(Model), built(LossSpec, KeepsNumbers, label_space=None)
    for _ in range(2):
        first = model(torch.rand(1, 2, 4, 4))
        loss(model(first), torch.zeros(1, 4, 4), torch.ones(1)).backward()


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (GrowsInTraining, r"changes the shape of 'seen' in its state_dict from \(1,\) to \(4,\)"),
        (GrowsInEvaluation, "adds 'more' in its state_dict while it runs"),
    ],
)
def test_a_model_whose_weights_change_their_names_or_shapes_is_named(kind, told):
    model, loss = model_of(kind), built(LossSpec, KeepsNumbers, label_space=None)

    def two_rounds():
        for _ in range(2):
            train(model.train(), loss)
            with torch.no_grad():
                model.eval()(torch.rand(1, 2, 4, 4))

    with pytest.raises(AlsegError, match=told):
        two_rounds()


def test_a_guarded_model_is_copied_and_pickled():
    model = model_of(Model)
    images = torch.rand(1, 2, 4, 4)
    expected = model(images)
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert torch.equal(other(images), expected)
