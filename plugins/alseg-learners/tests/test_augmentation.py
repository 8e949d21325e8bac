"""Augmentation: image and label change together, as scipy does it, and padding stays padding."""

import numpy as np
import pytest
import scipy.ndimage
import torch
from alseg_learners.augmentation import Augmentation, rotation_and_scaling
from alseg_learners.augmentation_options import AugmentationOptions
from alseg_learners.intensities import IntensityChange, change_intensities
from alseg_learners.options import SlicesOptions
from alseg_learners.warp import flip, inside, warp
from hypothesis import given, settings
from hypothesis import strategies as st

from alcore import IGNORED, AlsegError
from alcore.registry.component import parse_options

CPU = torch.device("cpu")
EVERYTHING = {
    "flip_probability": 0.5,
    "rotation": 30,
    "scaling": 0.3,
    "brightness": 0.2,
    "contrast": 0.4,
    "gamma": 0.5,
    "noise": 0.1,
}
SPATIAL = {2: (9, 11), 3: (5, 9, 11)}


def batch_of(dims=2, n=4, classes=None, channels=2, seed=0):
    """Images of which each fills another part of the frame, padded as a run pads them."""
    rng = np.random.default_rng(seed)
    spatial = SPATIAL[dims]
    extent = np.stack([[rng.integers(size - 3, size + 1) for size in spatial] for _ in range(n)])
    images = rng.normal(size=(n, channels, *spatial)).astype(np.float32)
    target = rng.integers(0, 3, (n, *([classes] if classes else []), *spatial), dtype=np.uint8)
    images, target, extent = torch.from_numpy(images), torch.from_numpy(target), torch.from_numpy(extent)
    content = inside(extent, images.shape[2:])
    images = images * content[:, None]
    target = target.where(content if classes is None else content[:, None], IGNORED)
    return images, target, extent


def cropped(content, extent):
    return content[(..., *(slice(0, int(size)) for size in extent))]


@pytest.mark.parametrize("classes", [None, 2])
@pytest.mark.parametrize("dims", [2, 3])
def test_a_flip_turns_image_and_label_together_and_leaves_padding_where_it_is(dims, classes):
    images, target, extent = batch_of(dims, classes=classes)
    flipped = torch.tensor(
        [[False] * dims, [True] * dims, [True, *[False] * (dims - 1)], [*[False] * (dims - 1), True]]
    )
    new_images, new_target = flip(images, target, flipped, extent)
    for k, size in enumerate(extent):
        axes = [axis - dims for axis in range(dims) if flipped[k, axis]]
        for new, old in ((new_images[k], images[k]), (new_target[k], target[k])):
            expected = np.flip(cropped(old, size).numpy(), axes)
            np.testing.assert_array_equal(cropped(new, size), expected)
    content = inside(extent, images.shape[2:])
    assert (new_images * ~content[:, None] == 0).all()
    assert (new_target.where(~(content if classes is None else content[:, None]), IGNORED) == IGNORED).all()


@pytest.mark.parametrize("classes", [None, 2])
@pytest.mark.parametrize("dims", [2, 3])
@pytest.mark.parametrize(("degrees", "factor"), [(0, 1.0), (20, 1.0), (-75, 1.0), (0, 1.3), (0, 0.6), (130, 0.8)])
def test_rotation_and_scaling_are_scipys(dims, classes, degrees, factor):
    images, target, extent = batch_of(dims, classes=classes)
    angle = torch.full((len(images),), np.radians(degrees), dtype=torch.float64)
    matrix = rotation_and_scaling(angle, torch.full_like(angle, factor), dims)
    new_images, new_target = warp(images, target, matrix.float(), extent)
    assert new_target.dtype == torch.uint8
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    inverse = np.eye(dims)
    inverse[-2:, -2:] = [[c, s], [-s, c]]
    inverse /= factor
    for k, size in enumerate(extent.tolist()):
        centre = (np.array(size) - 1) / 2
        where = {"matrix": inverse, "offset": centre - inverse @ centre}
        for channel in range(images.shape[1]):
            content = cropped(images[k, channel], size).numpy()
            expected = scipy.ndimage.affine_transform(content, **where, order=1, mode="grid-constant")
            np.testing.assert_allclose(cropped(new_images[k, channel], size), expected, atol=1e-4)
        for label, old in zip(*(part[k].view(-1, *SPATIAL[dims]) for part in (new_target, target)), strict=True):
            expected = scipy.ndimage.affine_transform(
                cropped(old, size).numpy(), **where, order=0, mode="grid-constant", cval=IGNORED
            )
            # Places halfway between two voxels may be rounded to either.
            assert (cropped(label, size).numpy() != expected).mean() < 0.02
    content = inside(extent, images.shape[2:])
    assert not (new_images * ~content[:, None]).any()
    assert (new_target.where(~(content if classes is None else content[:, None]), IGNORED) == IGNORED).all()


def test_a_quarter_turn_is_exact():
    images = torch.arange(25.0).view(1, 1, 5, 5)
    target = images[:, 0].byte()
    matrix = rotation_and_scaling(torch.tensor([np.pi / 2]), torch.ones(1), 2)
    new_images, new_target = warp(images, target, matrix.float(), torch.tensor([[5, 5]]))
    np.testing.assert_array_equal(new_target[0], np.rot90(target[0]))
    np.testing.assert_allclose(new_images[0, 0], np.rot90(images[0, 0]), atol=1e-4)


@pytest.mark.parametrize("dims", [2, 3])
def test_what_becomes_of_an_image_does_not_depend_on_padding(dims):
    images, target, extent = batch_of(dims, n=1)
    options = AugmentationOptions(**{**EVERYTHING, "noise": 0, "flip_probability": 1})
    padded = Augmentation(options, 3, CPU)(images, target, extent)
    size = extent[0]
    alone = Augmentation(options, 3, CPU)(cropped(images, size), cropped(target, size), extent)
    torch.testing.assert_close(cropped(padded[0], size), alone[0], rtol=1e-4, atol=1e-5)
    assert (cropped(padded[1], size) != alone[1]).float().mean() < 0.02


@settings(max_examples=30, deadline=None)
@given(
    st.fixed_dictionaries({name: st.sampled_from([0, value]) for name, value in EVERYTHING.items()}),
    st.integers(0, 2**31),
    st.sampled_from([2, 3]),
    st.sampled_from([None, 2]),
)
def test_labels_stay_labels_and_padding_stays_padding(options, seed, dims, classes):
    images, target, extent = batch_of(dims, classes=classes)
    before = images.clone(), target.clone()
    new_images, new_target = Augmentation(AugmentationOptions(**options), seed, CPU)(images, target, extent)
    assert torch.equal(images, before[0])
    assert torch.equal(target, before[1])
    assert new_images.shape == images.shape
    assert new_images.dtype == torch.float32
    assert new_images.isfinite().all()
    assert new_target.shape == target.shape
    assert set(new_target.unique().tolist()) <= {0, 1, 2, IGNORED}
    content = inside(extent, images.shape[2:])
    assert not (new_images * ~content[:, None]).any()
    assert (new_target.where(~(content if classes is None else content[:, None]), IGNORED) == IGNORED).all()


@pytest.mark.parametrize("options", [{}, {"spatial_probability": 0, "rotation": 90}, {"flip_axes": ("slices",)}])
def test_nothing_is_on_by_default_or_at_zero_strength(options):
    assert not AugmentationOptions(**options).active
    images, target, extent = batch_of()
    new_images, new_target = Augmentation(AugmentationOptions(**options), 0, CPU)(images, target, extent)
    assert torch.equal(new_images, images)
    assert torch.equal(new_target, target)


@pytest.mark.parametrize(
    "options",
    [
        {"flip_probability": 0.3, "flip_axes": ("rows",)},
        {"rotation": 40, "spatial_probability": 0.3},
        {"brightness": 0.5, "intensity_probability": 0.3},
        {"noise": 0.5, "gamma": 0.3, "contrast": 0.4, "intensity_probability": 0.3},
    ],
)
def test_a_probability_is_the_share_of_changed_images(options):
    augmentation = Augmentation(AugmentationOptions(**options), 1, CPU)
    images = torch.randn(500, 1, 6, 5)
    target = torch.zeros(500, 6, 5, dtype=torch.uint8)
    changed, _ = augmentation(images, target, torch.tensor([[6, 5]] * 500))
    share = float((changed != images).flatten(1).any(dim=1).float().mean())
    # Four standard deviations of a share of 500.
    assert share == pytest.approx(0.3, abs=4 * (0.3 * 0.7 / 500) ** 0.5)


def test_flips_keep_to_their_axes():
    images, target, extent = batch_of(3)
    options = AugmentationOptions(flip_probability=1, flip_axes=("slices",))
    new_images, _ = Augmentation(options, 0, CPU)(images, target, extent)
    for k, size in enumerate(extent):
        np.testing.assert_array_equal(cropped(new_images[k], size), np.flip(cropped(images[k], size).numpy(), 1))


def test_one_seed_gives_the_same_changes_and_another_gives_others():
    images, target, extent = batch_of()

    def twice(seed):
        augmentation = Augmentation(AugmentationOptions(**EVERYTHING), seed, CPU)
        return [augmentation(images, target, extent)[0] for _ in range(2)]

    assert all(torch.equal(a, b) for a, b in zip(twice(5), twice(5), strict=True))
    assert not torch.equal(*twice(5))
    assert not torch.equal(twice(5)[0], twice(6)[0])


def changed(images, extent, *, contrast=1.0, brightness=0.0, gamma=None, noise=0.0, drawn=None):
    full = [torch.full(images.shape[:2], float(value)) for value in (contrast, brightness, noise)]
    exponent = None if gamma is None else torch.full(images.shape[:2], float(gamma))
    change = IntensityChange(contrast=full[0], brightness=full[1], gamma=exponent, noise=full[2])
    return change_intensities(images, inside(extent, images.shape[2:]), change, drawn)


def test_intensities_change_by_their_formulas_over_the_content_alone():
    images, _, extent = batch_of()
    drawn = torch.randn(images.shape)
    for k, size in enumerate(extent):
        for channel in range(images.shape[1]):
            x, z = (cropped(part[k, channel], size).numpy().astype(float) for part in (images, drawn))

            def of(x=x, k=k, channel=channel, size=size, **change):
                return cropped(changed(images, extent, **change)[k, channel], size).numpy()

            np.testing.assert_allclose(of(contrast=1.5), x.mean() + 1.5 * (x - x.mean()), atol=1e-5)
            np.testing.assert_allclose(of(brightness=-0.25), x - 0.25, atol=1e-5)
            unit = (x - x.min()) / (x.max() - x.min())
            np.testing.assert_allclose(of(gamma=2), unit**2 * (x.max() - x.min()) + x.min(), atol=1e-5)
            np.testing.assert_allclose(of(noise=0.3, drawn=drawn), x + 0.3 * z, atol=1e-5)


def test_an_image_of_one_value_keeps_it_under_gamma():
    images = torch.full((1, 1, 4, 4), 0.7)
    assert changed(images, torch.tensor([[4, 4]]), gamma=0.5).flatten().tolist() == pytest.approx([0.7] * 16)


@pytest.mark.parametrize(
    ("values", "message", "hint"),
    [
        ({"rotatoin": 3}, "no option 'augmentation.rotatoin'", "did you mean 'learner.augmentation.rotation'?"),
        (
            {"rotation": 400},
            "option 'augmentation.rotation': input should be less than",
            "learner.augmentation.rotation:",
        ),
        ({"flip_axes": ["depth"]}, "option 'augmentation.flip_axes.0'", "may be flipped"),
    ],
)
def test_faults_of_augmentation_options_are_named_with_their_section(values, message, hint):
    with pytest.raises(AlsegError, match=message) as caught:
        parse_options(SlicesOptions, {"augmentation": values}, label="the learner", key="learner")
    assert hint in caught.value.hint
