"""MONAI's networks and losses pass the published checks, and the wrapping changes no figure."""

import pytest
import torch
from alseg_monai.plugin import register_losses, register_models
from monai import losses as monai_losses
from monai.networks import nets

from alcore import IGNORED, LabelSpace
from alcore.testing import check_loss, check_model

MODELS = {spec.name: spec for spec in register_models()}
LOSSES = {spec.name: spec for spec in register_losses()}
SMALL = {
    "monai-unet": {"features": 4, "levels": 2},
    "monai-dynunet": {"features": 4, "levels": 2},
    "monai-segresnet": {"features": 8, "blocks_down": (1, 1, 1)},
    "monai-swin-unetr": {"features": 12, "window": 2},
    "monai-basic-unetplusplus": {"features": (4, 4, 8, 8, 16, 4)},
}


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)
    torch.manual_seed(0)


@pytest.mark.parametrize("spec", list(register_models()), ids=lambda spec: spec.name)
def test_a_network_passes_the_model_check(spec):
    check_model(spec, spec.options(**SMALL[spec.name]))


@pytest.mark.parametrize("spec", list(register_losses()), ids=lambda spec: spec.name)
def test_a_loss_passes_the_loss_check(spec):
    check_loss(spec)


def test_the_feature_layer_is_the_coarsest_map():
    sides = {}
    for name, spec in MODELS.items():
        net = spec.load()(spec.options(**SMALL[name]), in_channels=1, out_channels=2, dim=2).eval()
        seen = []
        net.get_submodule(net.feature_layer).register_forward_hook(lambda _m, _i, out, seen=seen: seen.append(out))
        with torch.no_grad():
            net(torch.rand(1, 1, 64, 64))
        sides[name] = seen[0].shape[-1]
    assert sides == {
        "monai-unet": 16,
        "monai-dynunet": 16,
        "monai-segresnet": 16,
        "monai-swin-unetr": 2,
        "monai-basic-unetplusplus": 4,
    }


def test_wrapping_changes_no_logit_of_an_image_that_fits():
    spec = MODELS["monai-dynunet"]
    net = spec.load()(spec.options(**SMALL["monai-dynunet"]), in_channels=1, out_channels=2, dim=2).eval()
    assert isinstance(net.network, nets.DynUNet)
    images = torch.rand(2, 1, 16, 24)
    assert torch.equal(net(images), net.network(images))


REFERENCES = {
    "monai-dice": lambda multi: monai_losses.DiceLoss(softmax=not multi, sigmoid=multi),
    "monai-generalised-dice": lambda multi: monai_losses.GeneralizedDiceLoss(softmax=not multi, sigmoid=multi),
    "monai-tversky": lambda multi: monai_losses.TverskyLoss(softmax=not multi, sigmoid=multi),
    "monai-focal": lambda multi: monai_losses.FocalLoss(use_softmax=not multi),
    "monai-dice-focal": lambda multi: monai_losses.DiceFocalLoss(sigmoid=True),
}
CASES = [(name, multi) for name in REFERENCES for multi in (False, True) if multi or name != "monai-dice-focal"]


@pytest.mark.parametrize(("name", "multi_label"), CASES)
def test_without_ignored_voxels_and_weights_a_loss_is_monais(name, multi_label):
    logits = torch.randn(3, 3, 5, 6)
    target = torch.randint(2 if multi_label else 3, logits.shape if multi_label else (3, 5, 6), dtype=torch.uint8)
    loss = LOSSES[name].load()(LOSSES[name].options(), label_space=LabelSpace.numbered(3, multi_label=multi_label))
    truth = target.float() if multi_label else torch.nn.functional.one_hot(target.long(), 3).movedim(-1, 1).float()
    expected = REFERENCES[name](multi_label)(logits, truth)
    assert loss(logits, target, torch.ones(3)).item() == pytest.approx(expected.item(), rel=1e-5)


def test_a_slice_of_ignored_voxels_does_not_thin_the_average():
    logits, target = torch.randn(3, 3, 5, 6), torch.randint(3, (3, 5, 6), dtype=torch.uint8)
    target[2] = IGNORED
    for spec in LOSSES.values():
        loss = spec.load()(spec.options(), label_space=LabelSpace.numbered(3))
        expected = loss(logits[:2], target[:2], torch.ones(2)).item()
        assert loss(logits, target, torch.ones(3)).item() == pytest.approx(expected, rel=1e-5)
