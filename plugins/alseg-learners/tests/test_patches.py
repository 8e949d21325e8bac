"""Patches lie inside their scan, are padded where it is smaller, and a share of them is drawn around foreground."""

import numpy as np
import pytest
from alseg_learners.foreground import ForegroundVoxels
from alseg_learners.labelled import LabelledVoxels
from alseg_learners.patch_size import patch_size_of
from alseg_learners.patches import PatchImages, PatchSampler
from alseg_learners.volumes import scan_sizes

from alcore import AnnotatedSlices, LabelSpace
from alcore.labels import IGNORED
from alcore.pool.slices import ResidentSlices, StreamingSlices
from alcore.testing.splits import annotated as annotations_of
from alcore.testing.splits import array_split

SHAPES = ((9, 12, 10), (5, 20, 7), (7, 6, 16))
SIZE = (6, 8, 8)


@pytest.fixture(params=[ResidentSlices, StreamingSlices])
def split(request):
    """Images whose voxels say where they are; one voxel of class 1 and three of class 2 in scans 0 and 1."""
    images = [
        np.arange(np.prod(shape), dtype=np.float32).reshape(shape)[:, None] + 10_000 * k
        for k, shape in enumerate(SHAPES)
    ]
    labels = [np.zeros(shape, np.uint8) for shape in SHAPES]
    for k in (0, 1):
        labels[k][-1, -1, -1] = 1
        labels[k][0, 0, :3] = 2
        labels[k][1, 1, 1] = IGNORED
    return array_split(images, labels, request.param), images, labels


def annotated(split, rows=None):
    """The split with these rows annotated, by default all."""
    rows = np.arange(len(split.table)) if rows is None else np.array(rows)
    return AnnotatedSlices(split.images, annotations_of(split, rows))


def patch_set(split, share=1 / 3, patches_per_scan=1, seed=0, rows=None):
    data = annotated(split, rows)
    foreground = ForegroundVoxels(data, LabelSpace.numbered(3), seed)
    sampler = PatchSampler(
        scan_sizes(data.table), LabelledVoxels(data), SIZE, foreground, share, np.random.default_rng(seed)
    )
    return PatchImages(data, sampler, SIZE, patches_per_scan)


def test_a_scan_with_one_annotated_slice_trains_and_every_patch_holds_an_annotated_voxel(split):
    data, _, _ = split
    patches = patch_set(data, rows=[0, 1, 9 + 2], patches_per_scan=5)
    assert len(patches) == 10  # of two scans
    for batch in patches.batches([patches.rows] * 10):
        assert (batch.target != IGNORED).any(dim=(1, 2, 3)).all()
        # No more than the annotated slices.
        assert (batch.target != IGNORED).any(dim=(2, 3)).sum(dim=1).max() <= 2


def test_a_patch_is_a_box_of_its_scan_and_its_label_lies_over_it(split):
    data, images, labels = split
    for batch in patch_set(data).batches([np.array([0, 1, 2])] * 10):
        assert batch.images.shape == (3, 1, *SIZE)
        assert batch.target.shape == (3, *SIZE)
        for k in range(3):
            content = tuple(slice(0, int(length)) for length in batch.extent[k])
            assert tuple(batch.extent[k].tolist()) == tuple(np.minimum(SIZE, SHAPES[k]))
            inside = batch.images[k, 0][content].numpy()
            corner = np.unravel_index(int(inside[0, 0, 0]) - 10_000 * k, SHAPES[k])
            box = tuple(slice(start, start + length) for start, length in zip(corner, inside.shape, strict=True))
            np.testing.assert_array_equal(inside, images[k][:, 0][box])
            np.testing.assert_array_equal(batch.target[k][content].numpy(), labels[k][box])
            padded = np.ones(SIZE, bool)
            padded[content] = False
            assert not batch.images[k, 0].numpy()[padded].any()
            assert (batch.target[k].numpy()[padded] == IGNORED).all()


@pytest.mark.parametrize(
    ("share", "size", "forced"), [(1 / 3, 3, 1), (1 / 3, 2, 1), (1 / 3, 6, 2), (0, 4, 0), (1, 4, 4)]
)
def test_the_last_third_of_a_batch_contains_foreground(split, share, size, forced):
    data, _, _ = split
    batches = list(patch_set(data, share).batches([np.array([0, 1, 0, 1, 0, 1])[:size]] * 40))
    with_foreground = np.array([[bool(((t > 0) & (t < IGNORED)).any()) for t in batch.target] for batch in batches])
    assert with_foreground[:, size - forced :].all()
    assert not with_foreground[:, : size - forced].all(axis=0).any()


def test_classes_are_drawn_alike_however_many_voxels_they_have(split):
    data, _, _ = split
    foreground, rng = ForegroundVoxels(annotated(data), LabelSpace.numbered(3), 0), np.random.default_rng(0)
    drawn = [tuple(foreground.draw(0, rng).tolist()) for _ in range(400)]
    assert set(drawn) == {(8, 11, 9), (0, 0, 0), (0, 0, 1), (0, 0, 2)}
    assert 150 < drawn.count((8, 11, 9)) < 250
    assert foreground.draw(2, rng) is None


def test_an_epoch_draws_each_scan_alike(split):
    data, _, _ = split
    patches = patch_set(data, patches_per_scan=4)
    assert len(patches) == 12
    (batch,) = patches.batches([patches.rows])
    scans = (batch.images.flatten(1).amax(dim=1) // 10_000).int().tolist()
    assert [scans.count(k) for k in range(3)] == [4, 4, 4]


def test_restored_patches_go_on_as_they_would_have(split):
    data, _, _ = split
    patches = patch_set(data)
    next(patches.batches([patches.rows]))
    state = patches.state()
    (after,) = patches.batches([patches.rows])
    other = patch_set(data)
    other.restore(state)
    (again,) = other.batches([other.rows])
    assert after.images.equal(again.images)


@pytest.mark.parametrize(
    ("median", "expected"),
    [
        ((36, 50, 35), (40, 56, 40)),  # hippocampus: nnU-Net's own choice
        ((3, 5, 4), (8, 8, 8)),
        ((110, 320, 320), (48, 144, 144)),
    ],
)
def test_the_default_patch_has_the_shape_of_the_median_scan_and_at_most_a_million_voxels(median, expected):
    sizes = np.array([np.array(median) - 2, median, np.array(median) + 30])
    assert patch_size_of(sizes) == expected
    assert np.prod(expected) <= 2**20
