"""Every loss: gradients, ignored voxels, weights of slices, and MONAI's or torch's own as reference."""

import pytest
import torch
import torch.nn.functional as F
from alseg_models.plugin import register_losses

from alcore import IGNORED, AlsegError, LabelSpace

SPECS = {spec.name: spec for spec in register_losses()}
REGION_LOSSES = sorted(set(SPECS) - {"cross-entropy", "focal"})
CASES = [(name, {}) for name in sorted(SPECS)] + [(name, {"batch": True}) for name in REGION_LOSSES]

every_loss = pytest.mark.parametrize(("name", "options"), CASES)
both_modes = pytest.mark.parametrize("multi_label", [False, True])


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)
    torch.manual_seed(0)


def build(name, multi_label, n_classes=3, **options):
    spec = SPECS[name]
    return spec.load()(spec.options(**options), label_space=LabelSpace.numbered(n_classes, multi_label=multi_label))


def batch(multi_label, n=3, n_classes=3, spatial=(4, 5), ignored=0.2, dtype=torch.float64):
    """Random logits and labels; the first voxels carry every class so that no class is absent."""
    logits = torch.randn(n, n_classes, *spatial, dtype=dtype)
    shape = (n, n_classes, *spatial) if multi_label else (n, *spatial)
    target = torch.randint(2 if multi_label else n_classes, shape, dtype=torch.uint8)
    target[torch.rand(shape) < ignored] = IGNORED
    if multi_label:
        target[..., 0, 0], target[..., 0, 1] = 0, 1
    else:
        target[..., 0, :n_classes] = torch.arange(n_classes, dtype=torch.uint8)
    return logits, target


def one_hot(target, n_classes=3):
    return torch.movedim(F.one_hot(target.long(), n_classes), -1, 1).double()


@every_loss
@both_modes
def test_gradients_pass_gradcheck(name, options, multi_label):
    logits, target = batch(multi_label)
    loss = build(name, multi_label, **{**options, **({"gamma": 2.0} if name == "focal" else {})})
    weight = torch.ones(3, dtype=torch.float64)
    assert torch.autograd.gradcheck(lambda x: loss(x, target, weight), logits.requires_grad_())


@every_loss
@both_modes
@pytest.mark.parametrize("spatial", [(4, 5), (2, 3, 4)])
def test_what_the_model_says_of_ignored_voxels_changes_nothing(name, options, multi_label, spatial):
    logits, target = batch(multi_label, spatial=spatial)
    ignored = target == IGNORED
    ignored = ignored if multi_label else ignored.unsqueeze(1).expand_as(logits)
    elsewhere = torch.where(ignored, torch.randn_like(logits) * 9, logits).requires_grad_()
    loss, weight = build(name, multi_label, **options), torch.ones(3)
    value = loss(elsewhere, target, weight)
    value.backward()
    assert value.item() == pytest.approx(loss(logits, target, weight).item())
    assert not elsewhere.grad[ignored].any()


@every_loss
@both_modes
def test_padding_that_is_ignored_changes_nothing(name, options, multi_label):
    logits, target = batch(multi_label, ignored=0)
    loss, weight = build(name, multi_label, **options), torch.ones(3)
    padded = loss(F.pad(logits, (0, 3, 2, 0)), F.pad(target, (0, 3, 2, 0), value=IGNORED), weight)
    assert padded.item() == pytest.approx(loss(logits, target, weight).item())


@every_loss
@both_modes
def test_a_weight_scales_the_gradient_of_its_slice_and_of_no_other(name, options, multi_label):
    logits, target = batch(multi_label)
    loss = build(name, multi_label, **options)

    def gradient(weight):
        x = logits.clone().requires_grad_()
        loss(x, target, torch.tensor(weight)).backward()
        return x.grad

    full, weighted = gradient([1.0, 1.0, 1.0]), gradient([1.0, 0.25, 0.0])
    assert full.flatten(1).abs().sum(dim=1).gt(0).all()
    for got, whole, share in zip(weighted, full, (1.0, 0.25, 0.0), strict=True):
        torch.testing.assert_close(got, share * whole)


@every_loss
@both_modes
def test_a_batch_of_ignored_voxels_costs_nothing(name, options, multi_label):
    logits, target = batch(multi_label)
    logits.requires_grad_()
    loss = build(name, multi_label, **options)(logits, torch.full_like(target, IGNORED), torch.ones(3))
    loss.backward()
    assert loss.item() == 0
    assert not logits.grad.any()


@every_loss
@both_modes
def test_a_slice_of_ignored_voxels_does_not_thin_the_average(name, options, multi_label):
    logits, target = batch(multi_label)
    loss = build(name, multi_label, **options)
    expected = loss(logits[:2], target[:2], torch.ones(2)).item()
    target[2] = IGNORED
    assert loss(logits, target, torch.ones(3)).item() == pytest.approx(expected)


@every_loss
@both_modes
def test_the_truth_costs_less_than_its_opposite_and_nothing_is_infinite(name, options, multi_label):
    _, target = batch(multi_label, ignored=0)
    truth = target.double() if multi_label else one_hot(target)
    loss = build(name, multi_label, **options)
    costs = []
    for scale in (100.0, -100.0):
        logits = (scale * (2 * truth - 1)).requires_grad_()
        cost = loss(logits, target, torch.ones(3))
        cost.backward()
        assert torch.isfinite(logits.grad).all()
        costs.append(cost.item())
    assert costs[0] == pytest.approx(0, abs=1e-3)
    assert costs[1] > 0.3


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@every_loss
def test_half_precision_logits_are_summed_in_float32(name, options, dtype):
    logits, target = batch(False, spatial=(64, 64))
    half = logits.to(dtype)
    loss = build(name, False, **options)
    got = loss(half, target, torch.ones(3))
    assert got.dtype == torch.float32
    assert got.item() == pytest.approx(loss(half.double(), target, torch.ones(3)).item(), rel=1e-4)


def test_cross_entropy_is_torchs_with_class_weights_and_ignored_voxels():
    logits, target = batch(False)
    weights = (0.5, 1.0, 2.0)
    expected = F.cross_entropy(logits, target.long(), torch.tensor(weights).double(), ignore_index=IGNORED)
    got = build("cross-entropy", False, class_weights=weights)(logits, target, torch.ones(3))
    assert got.item() == pytest.approx(expected.item())


def test_binary_cross_entropy_is_torchs_where_no_voxel_is_ignored():
    logits, target = batch(True, ignored=0)
    expected = F.binary_cross_entropy_with_logits(logits, target.double())
    assert build("cross-entropy", True)(logits, target, torch.ones(3)).item() == pytest.approx(expected.item())


@both_modes
@pytest.mark.parametrize("weights", [(1.0, 2.0), (1.0, -1.0, 1.0), (0.0, 0.0, 0.0)])
def test_class_weights_that_do_not_fit_the_classes_are_refused(weights, multi_label):
    with pytest.raises(AlsegError, match=r"'class_weights'.*3 classes"):
        build("cross-entropy", multi_label, class_weights=weights)


@both_modes
@pytest.mark.parametrize("include_background", [False, True])
@pytest.mark.parametrize("pooled", [False, True])
@pytest.mark.parametrize(
    "name", ["dice", "tversky", *(f"generalised-dice/{w}" for w in ("square", "simple", "uniform"))]
)
def test_region_losses_equal_monais(name, multi_label, include_background, pooled):
    monai = pytest.importorskip("monai.losses", reason="MONAI is the reference here")
    logits, target = batch(multi_label, ignored=0)
    shared = {
        "include_background": include_background or multi_label,
        "sigmoid": multi_label,
        "softmax": not multi_label,
        "batch": pooled,
    }
    name, _, weighting = name.partition("/")
    reference = {
        "dice": lambda: monai.DiceLoss(**shared),
        "tversky": lambda: monai.TverskyLoss(alpha=0.3, beta=0.7, **shared),
        "generalised-dice": lambda: monai.GeneralizedDiceLoss(w_type=weighting, **shared),
    }[name]()
    expected = reference(logits, target.double() if multi_label else one_hot(target))
    options = {"class_weighting": weighting} if weighting else {}
    loss = build(name, multi_label, include_background=include_background, batch=pooled, **options)
    assert loss(logits, target, torch.ones(3)).item() == pytest.approx(expected.item(), abs=1e-6)


@both_modes
def test_focal_equals_monais(multi_label):
    monai = pytest.importorskip("monai.losses", reason="MONAI is the reference here")
    logits, target = batch(multi_label, ignored=0)
    reference = monai.FocalLoss(gamma=2.0, alpha=0.25, use_softmax=not multi_label)
    expected = reference(logits, target.double() if multi_label else one_hot(target))
    # MONAI averages over the zeros of the other classes, too.
    factor = 1 if multi_label else 3
    got = build("focal", multi_label, gamma=2.0, alpha=0.25)(logits, target, torch.ones(3))
    assert got.item() == pytest.approx(factor * expected.item())


def test_focal_tversky_is_the_root_of_tversky_per_slice_and_class():
    logits, target = batch(False, n=1, n_classes=2)
    tversky = build("tversky", False, n_classes=2)(logits, target.clamp_max(1), torch.ones(1)).item()
    focal = build("focal-tversky", False, n_classes=2, gamma=2.0)(logits, target.clamp_max(1), torch.ones(1)).item()
    assert focal == pytest.approx(tversky**0.5)


def test_false_positive_is_the_wrong_share_of_what_is_predicted():
    probability = torch.tensor([0.9, 0.6, 0.2, 0.1], dtype=torch.float64)
    logits = torch.stack([torch.zeros(4, dtype=torch.float64), torch.logit(probability)]).reshape(1, 2, 2, 2)
    target = torch.tensor([1, 0, 1, 0], dtype=torch.uint8).reshape(1, 2, 2)
    got = build("false-positive", False, n_classes=2)(logits, target, torch.ones(1)).item()
    assert got == pytest.approx((0.6 + 0.1) / 1.8, abs=1e-4)


@both_modes
@pytest.mark.parametrize(
    ("name", "shares", "parts"),
    [
        ("cross-entropy-dice", {"cross_entropy_share": 2.0, "dice_share": 0.5}, ("cross-entropy", "dice")),
        ("false-positive-dice", {"false_positive_share": 2.0, "dice_share": 0.5}, ("false-positive", "dice")),
    ],
)
def test_a_combined_loss_is_the_weighted_sum_of_its_parts(name, shares, parts, multi_label):
    logits, target = batch(multi_label)
    weight = torch.tensor([1.0, 0.5, 0.2])
    first, second = (build(part, multi_label)(logits, target, weight).item() for part in parts)
    assert build(name, multi_label, **shares)(logits, target, weight).item() == pytest.approx(2 * first + 0.5 * second)


def test_a_class_number_beyond_the_models_classes_is_not_taken_silently():
    logits, target = batch(False, ignored=0)
    target[0, 0, 0] = 3
    for name in SPECS:
        with pytest.raises((IndexError, RuntimeError)):
            build(name, False)(logits, target, torch.ones(3))
