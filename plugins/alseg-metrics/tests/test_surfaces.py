"""Distances between surfaces against all pairs written out, MONAI and SimpleITK."""

import math

import numpy as np
import pytest
import SimpleITK as sitk
from alseg_metrics.options import DistanceOptions, SurfaceDiceOptions
from alseg_metrics.surface_distances import bounding_box, surface_distances, surface_of
from alseg_metrics.surfaces import AverageSurfaceDistance, Hausdorff, Hausdorff95, SurfaceDice
from scipy import ndimage
from scipy.spatial.distance import cdist

SHAPE = (6, 9, 8)
SPACINGS = [(1.0, 1.0, 1.0), (3.0, 0.7, 0.45)]
TOLERANCE = 1.4


def one_voxel(*index):
    mask = np.zeros(SHAPE, bool)
    mask[index] = True
    return mask


def noise(seed, share=0.2):
    return np.random.default_rng(seed).random(SHAPE) < share


def blob(seed):
    return ndimage.gaussian_filter(np.random.default_rng(seed).random(SHAPE), 1.5) > 0.5


def box(*slices):
    mask = np.zeros(SHAPE, bool)
    mask[slices] = True
    return mask


PAIRS = {
    "noise": (noise(0), noise(1)),
    "blobs": (blob(2), blob(3)),
    "equal": (blob(4), blob(4)),
    "one voxel each": (one_voxel(1, 2, 3), one_voxel(4, 7, 1)),
    "one voxel against a blob": (one_voxel(0, 0, 0), blob(5)),
    "touching the border": (box(slice(0, 3), slice(0, 9), slice(0, 5)), box(slice(2, 6), slice(4, 9), slice(3, 8))),
    "filling the scan": (np.ones(SHAPE, bool), box(slice(1, 4), slice(2, 6), slice(2, 5))),
    "one inside the other": (box(slice(1, 5), slice(1, 8), slice(1, 7)), box(slice(2, 4), slice(3, 6), slice(3, 5))),
    "far apart": (box(slice(0, 1), slice(0, 2), slice(0, 2)), box(slice(5, 6), slice(7, 9), slice(6, 8))),
}
cases = pytest.mark.parametrize(("pair", "spacing"), [(pair, spacing) for pair in PAIRS for spacing in SPACINGS])


def by_all_pairs(prediction, truth, spacing):
    """Directed distances from the definition: every surface voxel against every other one."""
    points = []
    for mask in (prediction, truth):
        eroded = ndimage.binary_erosion(mask, ndimage.generate_binary_structure(3, 1), border_value=0)
        points.append(np.argwhere(mask & ~eroded) * np.array(spacing))
    table = cdist(*points)
    return table.min(axis=1), table.min(axis=0)


def by_simpleitk(prediction, truth, spacing):
    """Directed distances by contour and Maurer's distance map."""
    surfaces = []
    for mask in (prediction, truth):
        image = sitk.GetImageFromArray(np.pad(mask, 1).astype(np.uint8))
        image.SetSpacing(spacing[::-1])
        surfaces.append(sitk.LabelContour(image, fullyConnected=False))
    maps = [sitk.SignedMaurerDistanceMap(surface, squaredDistance=False, useImageSpacing=True) for surface in surfaces]
    arrays = [sitk.GetArrayFromImage(surface).astype(bool) for surface in surfaces]
    distances = [np.abs(sitk.GetArrayFromImage(one)) for one in maps]
    return distances[1][arrays[0]], distances[0][arrays[1]]


def score(kind, prediction, truth, spacing, **options):
    chosen = (SurfaceDiceOptions if kind is SurfaceDice else DistanceOptions)(**options)
    (value,) = kind(chosen).from_volume(prediction[None], truth[None], spacing)
    return value


@pytest.mark.parametrize("reference", [by_all_pairs, by_simpleitk])
@cases
def test_every_metric_follows_from_reference_distances(pair, spacing, reference):
    prediction, truth = PAIRS[pair]
    one, other = reference(prediction, truth, spacing)
    both = np.concatenate([one, other])
    close = {"rel": 1e-5, "abs": 1e-5}
    assert score(Hausdorff, prediction, truth, spacing) == pytest.approx(both.max(), **close)
    percentile = max(np.percentile(one, 95), np.percentile(other, 95))
    assert score(Hausdorff95, prediction, truth, spacing) == pytest.approx(percentile, **close)
    assert score(AverageSurfaceDistance, prediction, truth, spacing) == pytest.approx(both.mean(), **close)
    share = (both <= TOLERANCE + 1e-5).mean()
    assert score(SurfaceDice, prediction, truth, spacing, tolerance=TOLERANCE) == pytest.approx(share)


@cases
def test_every_metric_equals_monais(pair, spacing):
    monai = pytest.importorskip("monai.metrics", reason="MONAI is the reference here")
    import torch

    prediction, truth = PAIRS[pair]
    masks = [torch.from_numpy(mask)[None, None].float() for mask in (prediction, truth)]
    shared = {"include_background": True, "spacing": list(spacing)}
    close = {"rel": 1e-5, "abs": 1e-5}
    expected = monai.compute_hausdorff_distance(*masks, **shared).item()
    assert score(Hausdorff, prediction, truth, spacing) == pytest.approx(expected, **close)
    expected = monai.compute_hausdorff_distance(*masks, percentile=95, **shared).item()
    assert score(Hausdorff95, prediction, truth, spacing) == pytest.approx(expected, **close)
    expected = monai.compute_average_surface_distance(*masks, symmetric=True, **shared).item()
    assert score(AverageSurfaceDistance, prediction, truth, spacing) == pytest.approx(expected, **close)
    expected = monai.compute_surface_dice(*masks, class_thresholds=[TOLERANCE + 1e-5], **shared).item()
    assert score(SurfaceDice, prediction, truth, spacing, tolerance=TOLERANCE) == pytest.approx(expected)


@pytest.mark.parametrize("spacing", SPACINGS)
def test_hausdorff_of_convex_regions_equals_simpleitks_own_filter(spacing):
    grid = np.ogrid[tuple(slice(0, length) for length in SHAPE)]
    masks = [
        sum(((axis - middle) / radius) ** 2 for axis, middle, radius in zip(grid, centre, radii, strict=True)) <= 1
        for centre, radii in [((2, 4, 4), (2, 3, 3)), ((3, 5, 4), (2, 3, 2))]
    ]
    images = [sitk.GetImageFromArray(mask.astype(np.uint8)) for mask in masks]
    for image in images:
        image.SetSpacing(spacing[::-1])
    reference = sitk.HausdorffDistanceImageFilter()
    reference.Execute(*images)
    assert score(Hausdorff, *masks, spacing) == pytest.approx(reference.GetHausdorffDistance(), rel=1e-5)


@pytest.mark.parametrize("kind", [Hausdorff, Hausdorff95, AverageSurfaceDistance])
@pytest.mark.parametrize("swapped", [False, True])
def test_a_distance_to_nothing_is_the_scans_diagonal_unless_told_otherwise(kind, swapped):
    pair = (blob(0), np.zeros(SHAPE, bool))[:: -1 if swapped else 1]
    spacing = (2.0, 1.0, 0.5)
    diagonal = math.dist((0, 0, 0), (5 * 2.0, 8 * 1.0, 7 * 0.5))
    assert score(kind, *pair, spacing) == pytest.approx(diagonal)
    assert math.isnan(score(kind, *pair, spacing, one_empty="nan"))
    assert score(kind, *pair, spacing, one_empty="infinity") == math.inf


def test_no_distance_exceeds_the_diagonal():
    corners = one_voxel(0, 0, 0), one_voxel(5, 8, 7)
    empty = one_voxel(0, 0, 0), np.zeros(SHAPE, bool)
    assert score(Hausdorff, *corners, (2.0, 1.0, 0.5)) == pytest.approx(score(Hausdorff, *empty, (2.0, 1.0, 0.5)))


@pytest.mark.parametrize("kind", [Hausdorff, Hausdorff95, AverageSurfaceDistance, SurfaceDice])
def test_a_class_in_neither_truth_nor_prediction_is_nan(kind):
    assert math.isnan(score(kind, np.zeros(SHAPE, bool), np.zeros(SHAPE, bool), (1.0, 1.0, 1.0)))


@pytest.mark.parametrize("swapped", [False, True])
def test_surface_dice_of_a_class_in_only_one_of_both_is_zero(swapped):
    pair = (blob(0), np.zeros(SHAPE, bool))[:: -1 if swapped else 1]
    assert score(SurfaceDice, *pair, (1.0, 1.0, 1.0), tolerance=1e9) == 0


def test_a_distance_that_equals_the_tolerance_is_within_it():
    pair = one_voxel(0, 1, 1), one_voxel(1, 1, 1)
    assert score(SurfaceDice, *pair, (1.1, 1.0, 1.0), tolerance=1.1) == 1
    assert score(SurfaceDice, *pair, (1.1, 1.0, 1.0), tolerance=1.09) == 0


def test_classes_are_scored_each_for_itself():
    prediction, truth = np.stack([noise(0), blob(1), blob(2)]), np.stack([noise(3), blob(4), np.zeros(SHAPE, bool)])
    together = Hausdorff(DistanceOptions()).from_volume(prediction, truth, (2.0, 1.0, 1.0))
    alone = [score(Hausdorff, p, t, (2.0, 1.0, 1.0)) for p, t in zip(prediction, truth, strict=True)]
    assert together.tolist() == alone


def test_kept_distances_are_not_mistaken_for_those_of_changed_masks():
    prediction, truth = blob(0)[None].copy(), blob(1)[None]
    before = surface_distances(prediction, truth, (1.0, 1.0, 1.0))
    assert surface_distances(prediction, truth, (1.0, 1.0, 1.0)) is before
    prediction[:] = noise(7)
    after = surface_distances(prediction, truth, (1.0, 1.0, 1.0))
    assert after[0].from_prediction.size == np.count_nonzero(surface_of(noise(7)))
    assert surface_distances(prediction, truth, (2.0, 1.0, 1.0)) is not after


def test_the_surface_is_what_erosion_takes_away():
    for mask in (noise(0, 0.6), blob(1), np.ones(SHAPE, bool), np.zeros(SHAPE, bool), np.ones((1, 2, 3), bool)):
        eroded = ndimage.binary_erosion(mask, ndimage.generate_binary_structure(3, 1), border_value=0)
        assert np.array_equal(surface_of(mask), mask & ~eroded)


def test_the_bounding_box_of_nothing_is_empty():
    assert np.zeros(SHAPE, bool)[bounding_box(np.zeros(SHAPE, bool))].size == 0
    assert blob(0)[bounding_box(blob(0))].sum() == blob(0).sum()
