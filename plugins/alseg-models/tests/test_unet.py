"""The U-Net: its size, its shapes and its choices."""

import pytest
import torch
from alseg_models.padding import crop_to, pad_to, padded_size
from alseg_models.unet import UNet
from alseg_models.unet_options import UNetOptions
from pydantic import ValidationError


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)
    torch.manual_seed(0)


def small(dim=2, **options):
    return UNet(UNetOptions(features=4, **{"levels": 2, **options}), in_channels=2, out_channels=3, dim=dim)


def parameters_by_hand(in_channels, n_classes, features=32, levels=4):
    """Kernel sizes written out: two 3x3 convolutions and two batch norms a block, 2x2 transposed, 1x1 head."""

    def block(a, b):
        return 9 * a * b + 9 * b * b + 2 * (2 * b)

    widths = [features * 2**i for i in range(levels + 1)]
    total = block(in_channels, widths[0]) + sum(block(widths[i], widths[i + 1]) for i in range(levels))
    for i in range(levels):
        total += 4 * widths[i + 1] * widths[i] + widths[i] + block(2 * widths[i], widths[i])
    return total + widths[0] * n_classes + n_classes


def test_the_default_network_is_that_of_the_paper_with_7_76_million_parameters():
    net = UNet(UNetOptions(), in_channels=1, out_channels=1, dim=2)
    count = sum(p.numel() for p in net.parameters())
    assert count == parameters_by_hand(1, 1)
    assert count / 1e6 == pytest.approx(7.76, abs=0.005)


@pytest.mark.parametrize(
    ("dim", "spatial"), [(2, (1, 1)), (2, (5, 4)), (2, (17, 30)), (3, (1, 1, 1)), (3, (3, 9, 8)), (3, (8, 8, 8))]
)
def test_logits_have_the_size_of_an_image_of_any_size(dim, spatial):
    images = torch.rand(2, 2, *spatial)
    assert small(dim)(images).shape == (2, 3, *spatial)


@pytest.mark.parametrize("norm", ["batch", "instance", "group"])
@pytest.mark.parametrize("dim", [2, 3])
def test_one_tiny_image_can_be_trained_on_with_every_norm(norm, dim):
    net = small(dim, norm=norm, groups=2)
    net(torch.rand(1, 2, *[3] * dim)).sum().backward()
    assert all(p.grad is not None for p in net.parameters())


@pytest.mark.parametrize("dim", [2, 3])
@pytest.mark.parametrize("upsampling", ["transposed", "interpolation"])
@pytest.mark.parametrize("residual", [False, True])
def test_every_choice_of_upsampling_and_blocks_learns_an_easy_task(dim, upsampling, residual):
    net = small(dim, upsampling=upsampling, residual=residual, levels=1)
    images = torch.randn(4, 2, *[8] * dim)
    target = (images[:, 0] > 0).long()
    optimiser = torch.optim.Adam(net.parameters(), 1e-2)
    losses = []
    for _ in range(40):
        loss = torch.nn.functional.cross_entropy(net(images), target)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] / 2


def test_the_bottleneck_is_the_feature_layer_and_has_the_most_channels():
    net, seen = small(), []
    net.get_submodule(net.feature_layer).register_forward_hook(lambda _module, _args, out: seen.append(out.shape))
    net(torch.rand(2, 2, 8, 8))
    assert seen == [(2, 16, 2, 2)]


def test_dropout_drops_whole_channels_in_training_only():
    net, images = small(dropout=0.5), torch.rand(1, 2, 8, 8)
    assert not torch.equal(net(images), net(images))
    net.eval()
    assert torch.equal(net(images), net(images))
    block = small(dropout=0.5).down[0](images)
    dropped = (block == 0).flatten(2).all(dim=2)
    assert dropped.any()
    assert not dropped.all()


def test_in_evaluation_an_image_does_not_depend_on_its_batch_mates():
    net = small().eval()
    images = torch.rand(3, 2, 8, 8)
    assert torch.allclose(net(images)[:1], net(images[:1]), atol=1e-6)


def test_the_same_seed_gives_the_same_weights():
    torch.manual_seed(3)
    first = small()
    torch.manual_seed(3)
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), small().parameters(), strict=True))


def test_groups_that_do_not_divide_the_features_are_refused():
    with pytest.raises(ValidationError, match="multiple of groups"):
        UNetOptions(norm="group", features=12, groups=8)


def test_padding_puts_zeros_at_the_end_and_cropping_undoes_it():
    image = torch.arange(1.0, 7.0).reshape(1, 1, 2, 3)
    padded = pad_to(image, (4, 4))
    assert padded[0, 0].tolist() == [[1, 2, 3, 0], [4, 5, 6, 0], [0, 0, 0, 0], [0, 0, 0, 0]]
    assert torch.equal(crop_to(padded, (2, 3)), image)


def test_a_size_that_fits_is_left_alone_unless_the_bottleneck_were_one_voxel():
    assert padded_size((8, 12), 4) == (8, 12)
    assert padded_size((9, 1), 4) == (12, 4)
    assert padded_size((4, 3), 4) == (4, 8)
