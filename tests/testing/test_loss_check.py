"""The loss check passes a sound loss and catches each kind of broken one."""

import sys
from types import SimpleNamespace

import pytest
import torch
import torch.nn.functional as F

from alcore import IGNORED, LossSpec
from alcore.testing import ConformanceError, check_loss


class Sound:
    """Binary or categorical cross-entropy by the contract's words."""

    def __init__(self, options, *, label_space):
        self.multi_label = label_space.multi_label

    def voxels(self, logits, target):
        known = target.clone()
        known[target == IGNORED] = 0
        if self.multi_label:
            loss = F.binary_cross_entropy_with_logits(logits, known.float(), reduction="none")
        else:
            loss = F.cross_entropy(logits, known.long(), reduction="none")
        return loss * (target != IGNORED)

    def __call__(self, logits, target, weight):
        per_slice = self.voxels(logits, target).flatten(1).sum(1)
        return (per_slice * weight).sum() / (target != IGNORED).sum().clamp(min=1)


class KeepsEveryBatch(Sound):
    def __init__(self, options, *, label_space):
        super().__init__(options, label_space=label_space)
        self.seen = []

    def __call__(self, logits, target, weight):
        loss = super().__call__(logits, target, weight)
        self.seen.append(self.kept(logits, loss))
        return loss

    def kept(self, logits, loss):
        return loss


class KeepsEveryLogit(KeepsEveryBatch):
    def kept(self, logits, loss):
        return logits.detach()


class KeepsTheLast(KeepsEveryBatch):
    def kept(self, logits, loss):
        self.seen.clear()
        return loss


class AddsToTheLast(Sound):
    total = 0

    def __call__(self, logits, target, weight):
        self.total = self.total + super().__call__(logits, target, weight)
        return self.total


class WrongWayRound(Sound):
    def __call__(self, logits, target, weight):
        return -super().__call__(logits, target, weight)


class OnePerSlice(Sound):
    def __call__(self, logits, target, weight):
        return self.voxels(logits, target).flatten(1).mean(1) * weight


class CountsIgnoredVoxels(Sound):
    def __call__(self, logits, target, weight):
        return (self.voxels(logits, target).flatten(1).mean(1) * weight).mean()


class LearnsFromIgnoredVoxels(Sound):
    def __call__(self, logits, target, weight):
        return super().__call__(logits, target.where(target != IGNORED, torch.zeros_like(target)), weight)


class DividesByNothing(Sound):
    def __call__(self, logits, target, weight):
        per_slice = self.voxels(logits, target).flatten(1).sum(1)
        return (per_slice * weight).sum() / (target != IGNORED).sum()


class ForgetsWeights(Sound):
    def __call__(self, logits, target, weight):
        return super().__call__(logits, target, torch.ones_like(weight))


class DividesByWeights(Sound):
    def __call__(self, logits, target, weight):
        return super().__call__(logits, target, weight / weight.mean())


class ChangesTheTarget(Sound):
    def __call__(self, logits, target, weight):
        loss = super().__call__(logits, target, weight)
        target[0] = 0
        return loss


class SingleOnly(Sound):
    def __init__(self, options, *, label_space):
        assert not label_space.multi_label
        super().__init__(options, label_space=label_space)


@pytest.fixture
def spec_of(monkeypatch):
    torch.set_num_threads(1)

    def make(kind, labels=("single", "multi")):
        monkeypatch.setitem(sys.modules, "stranger_loss", SimpleNamespace(Loss=kind))
        return LossSpec(name="stranger", summary="A stranger's.", target="stranger_loss:Loss", labels=labels)

    return make


def test_a_sound_loss_passes_every_check(spec_of):
    check_loss(spec_of(Sound))
    check_loss(spec_of(KeepsTheLast))


def test_a_loss_is_checked_only_for_the_labels_it_states(spec_of):
    check_loss(spec_of(SingleOnly, labels=("single",)))


@pytest.mark.parametrize(
    ("kind", "complaint"),
    [
        (WrongWayRound, "prefers the truth"),
        (OnePerSlice, "one finite loss"),
        (CountsIgnoredVoxels, "ignored voxels count nowhere"),
        (LearnsFromIgnoredVoxels, "ignored voxels count nowhere"),
        (DividesByNothing, "ignored voxels alone"),
        (ForgetsWeights, "times 1, 1, 1 for weights 1, 0.5, 0"),
        (DividesByWeights, "times 2, 1, 0 for weights 1, 0.5, 0"),
        (ChangesTheTarget, "changed in place"),
        (KeepsEveryBatch, "2 earlier batches of 2 in memory"),
        (KeepsEveryLogit, "2 earlier batches of 2 in memory"),
        (AddsToTheLast, "lets go of earlier batches"),
        (SingleOnly, "is built for multi-label data"),
    ],
)
def test_a_broken_loss_is_told_what_is_wrong_and_how_to_mend_it(spec_of, kind, complaint):
    with pytest.raises(ConformanceError, match=complaint) as caught:
        check_loss(spec_of(kind))
    assert all(finding.found and finding.fix for finding in caught.value.failed)
