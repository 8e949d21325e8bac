"""The model check passes a sound network and catches each kind of broken one."""

import sys
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from alcore import ModelSpec
from alcore.testing import ConformanceError, check_model
from alcore.testing.model import model_findings


class Sound(nn.Module):
    feature_layer = "first"

    def __init__(self, options, *, in_channels, out_channels, dim):
        super().__init__()
        convolution = {2: nn.Conv2d, 3: nn.Conv3d}[dim]
        self.first = convolution(in_channels, 4, 3, padding=1)
        self.last = convolution(4, out_channels, 1)

    def forward(self, images):
        return self.last(self.first(images).relu())


class Probabilities(Sound):
    def forward(self, images):
        return super().forward(images).softmax(dim=1)


class NeedsEvenSizes(Sound):
    def forward(self, images):
        return super().forward(images)[..., : images.shape[-1] // 2 * 2]


class NamesNoLayer(Sound):
    feature_layer = "bottleneck"


class ForgetsFeatureLayer(Sound):
    feature_layer = None


class DropsInEvaluation(Sound):
    def forward(self, images):
        return nn.functional.dropout(super().forward(images), training=True)


class NormalisesTheBatch(Sound):
    def forward(self, images):
        return super().forward(images - images.mean())


class LearnsNothing(Sound):
    def forward(self, images):
        return super().forward(images).detach().requires_grad_()


class IsNoModule:
    def __init__(self, options, *, in_channels, out_channels, dim):
        pass


class OnlyTwoDimensions(Sound):
    def __init__(self, options, *, in_channels, out_channels, dim):
        assert dim == 2
        super().__init__(options, in_channels=in_channels, out_channels=out_channels, dim=dim)


class SeedsItself(Sound):
    def __init__(self, options, **arguments):
        torch.seed()
        super().__init__(options, **arguments)


class ForgetsItsScale(Sound):
    def __init__(self, options, **arguments):
        super().__init__(options, **arguments)
        self.scale = torch.rand(())

    def forward(self, images):
        return super().forward(images) * self.scale


class GrowsInTraining(Sound):
    def forward(self, images):
        if self.training:
            self.register_buffer(f"seen_{len(list(self.buffers()))}", images.mean())
        return super().forward(images)


class KeepsEveryMean(Sound):
    def __init__(self, options, **arguments):
        super().__init__(options, **arguments)
        self.register_buffer("means", torch.zeros(1))

    def forward(self, images):
        self.means = torch.cat([self.means, images.mean()[None]])
        return super().forward(images)


@pytest.fixture
def spec_of(monkeypatch):
    torch.set_num_threads(1)

    def make(kind, dims=(2, 3)):
        monkeypatch.setitem(sys.modules, "stranger_model", SimpleNamespace(Net=kind))
        return ModelSpec(name="stranger", summary="A stranger's.", target="stranger_model:Net", dims=dims)

    return make


def test_a_sound_model_passes_every_check(spec_of):
    check_model(spec_of(Sound))
    assert sum(1 for _ in model_findings(spec_of(Sound))) > 15


@pytest.mark.parametrize(
    ("kind", "complaint"),
    [
        (Probabilities, "returns logits"),
        (NeedsEvenSizes, "have the size of an image"),
        (NamesNoLayer, "feature layer"),
        (ForgetsFeatureLayer, "feature layer"),
        (DropsInEvaluation, "treats each image by itself"),
        (NormalisesTheBatch, "treats each image by itself"),
        (LearnsNothing, "trains on a single image"),
        (IsNoModule, "is built"),
        (OnlyTwoDimensions, "3D model is built"),
        (SeedsItself, "seed decides"),
        (ForgetsItsScale, "checkpoint restores"),
        (GrowsInTraining, "adds 'seen_0' in its state_dict"),
        (KeepsEveryMean, r"changes the shape of 'means' in its state_dict from \(1,\) to \(4,\)"),
    ],
)
def test_a_broken_model_is_told_what_is_wrong_and_how_to_mend_it(spec_of, kind, complaint):
    with pytest.raises(ConformanceError, match=complaint) as caught:
        check_model(spec_of(kind))
    assert all(finding.found and finding.fix for finding in caught.value.failed)
