"""Focal loss against its formula."""

import math

import pytest
import torch
from alseg_models.loss_options import FocalOptions
from alseg_models.voxel_losses import Focal

from alcore import LabelSpace

IGNORED = 255


def focal(multi_label, n_classes=3, **options):
    return Focal(FocalOptions(**options), label_space=LabelSpace.numbered(n_classes, multi_label=multi_label))


def focal_voxel_by_voxel(logits, target, weight, gamma, alpha, multi_label):
    """The formula as loops over voxels."""
    total, count = 0.0, 0
    for n in range(len(logits)):
        for y, x in torch.cartesian_prod(torch.arange(logits.shape[2]), torch.arange(logits.shape[3])).tolist():
            scores = logits[n, :, y, x].tolist()
            if multi_label:
                present = target[n, :, y, x].tolist()
                p = [1 / (1 + math.exp(-s)) for s in scores]
                pairs = [(q if t else 1 - q, t) for q, t in zip(p, present, strict=True) if t != IGNORED]
            else:
                t = int(target[n, y, x])
                pairs = [(math.exp(scores[t]) / sum(map(math.exp, scores)), t)] if t != IGNORED else []
            for p_t, t in pairs:
                alpha_t = 1 if alpha is None else (alpha if t > 0 else 1 - alpha)
                total += float(weight[n]) * -alpha_t * (1 - p_t) ** gamma * math.log(p_t)
                count += 1
    return total / count


@pytest.mark.parametrize("multi_label", [False, True])
@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0, 5.0])
@pytest.mark.parametrize("alpha", [None, 0.25])
def test_focal_equals_its_formula_with_ignored_voxels_and_weights(multi_label, gamma, alpha):
    torch.manual_seed(0)
    logits = torch.randn(3, 3, 4, 5, dtype=torch.float64)
    shape, top = ((3, 3, 4, 5), 2) if multi_label else ((3, 4, 5), 3)
    target = torch.randint(top, shape, dtype=torch.uint8)
    target[torch.rand(shape) < 0.2] = IGNORED
    weight = torch.tensor([1.0, 0.3, 0.0])
    expected = focal_voxel_by_voxel(logits, target, weight, gamma, alpha, multi_label)
    assert focal(multi_label, gamma=gamma, alpha=alpha)(logits, target, weight).item() == pytest.approx(expected)


def test_the_default_gamma_is_that_of_the_paper():
    assert FocalOptions().gamma == 5.0


@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0, 5.0])
def test_the_gradient_is_finite_where_the_model_is_exactly_right(gamma):
    logits = torch.tensor([[[[200.0]], [[-200.0]]]], requires_grad=True)
    focal(False, 2, gamma=gamma)(logits, torch.zeros(1, 1, 1, dtype=torch.uint8), torch.ones(1)).backward()
    assert torch.isfinite(logits.grad).all()


def test_a_batch_of_ignored_voxels_costs_nothing():
    logits = torch.randn(2, 3, 4, 4, requires_grad=True)
    loss = focal(False)(logits, torch.full((2, 4, 4), IGNORED, dtype=torch.uint8), torch.ones(2))
    loss.backward()
    assert loss.item() == 0
    assert not logits.grad.any()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_logits_are_summed_in_float32(dtype):
    target = torch.zeros(1, 300, 300, dtype=torch.uint8)
    loss = focal(False, 2, gamma=0)(torch.zeros(1, 2, 300, 300, dtype=dtype), target, torch.ones(1))
    assert loss.item() == pytest.approx(math.log(2), rel=1e-5)
