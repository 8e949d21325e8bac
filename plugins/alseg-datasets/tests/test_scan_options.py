"""Options that change what is stored, each against a slow or hand-worked reference."""

import numpy as np
import pytest
import SimpleITK as sitk

from alcore import AlsegError, SliceStore

CLASSES = ("background", "liver", "cancer")


@pytest.fixture
def folder(decathlon_folder):
    return decathlon_folder("Task03_Liver", labels=CLASSES)


def stored(convert, folder, **options):
    with SliceStore.open(convert("liver", folder.root, options, allow_empty=True)) as store:
        return store.info, store.scans, store.read_scan_image(1), store.read_scan_label(1)


def originals(folder):
    files = folder.image("case_01"), folder.label("case_01")
    return tuple(sitk.GetArrayFromImage(sitk.ReadImage(str(file))) for file in files)


def test_classes_keeps_some_and_makes_the_others_background(convert, folder):
    info, _, _, label = stored(convert, folder, classes=["cancer"])
    assert info.class_names == ("background", "cancer")
    np.testing.assert_array_equal(label, originals(folder)[1] == 2)


def test_merge_foreground_makes_one_class_of_all(convert, folder):
    info, _, _, label = stored(convert, folder, merge_foreground=True)
    assert info.class_names == ("background", "liver + cancer")
    np.testing.assert_array_equal(label, originals(folder)[1] > 0)


def test_multi_label_stores_one_binary_label_per_class(convert, folder):
    info, scans, _, label = stored(convert, folder, multi_label=True)
    assert (info.class_names, info.multi_label) == (("liver", "cancer"), True)
    original = originals(folder)[1]
    np.testing.assert_array_equal(label, np.stack([original == 1, original == 2], axis=1))
    assert scans.class_voxels[1].tolist() == [(original == 1).sum(), (original == 2).sum()]


@pytest.mark.parametrize(("axis", "order", "spacing"), [("x", (2, 0, 1), (1, 2, 1)), ("y", (1, 0, 2), (1, 2, 1))])
def test_slices_may_run_along_another_axis(convert, folder, axis, order, spacing):
    _, scans, image, label = stored(convert, folder, slice_axis=axis)
    np.testing.assert_array_equal(image[:, 0], originals(folder)[0].transpose(order))
    np.testing.assert_array_equal(label, originals(folder)[1].transpose(order))
    assert tuple(scans.spacing[1]) == spacing


def test_resampling_agrees_with_itk(convert, folder):
    _, scans, image, label = stored(convert, folder, spacing=[1.0, 0.75, 1.25])
    assert tuple(scans.spacing[1]) == (1.0, 0.75, 1.25)
    size = image[:, 0].shape[::-1]
    for path, found, how in (
        (folder.image("case_01"), image[:, 0], sitk.sitkLinear),
        (folder.label("case_01"), label, sitk.sitkNearestNeighbor),
    ):
        original = sitk.ReadImage(str(path), sitk.sitkFloat64)
        grid = (size, sitk.Transform(), how, original.GetOrigin(), (1.25, 0.75, 1.0), original.GetDirection())
        expected = sitk.GetArrayFromImage(sitk.Resample(original, *grid))
        assert np.abs(found - expected).max() <= (0.5 + 1e-3 if how == sitk.sitkLinear else 0)


def test_a_class_that_the_dataset_lacks_is_refused(convert, folder):
    with pytest.raises(AlsegError, match="no foreground class 'tumour'") as caught:
        stored(convert, folder, classes=["tumour"])
    assert "liver, cancer" in caught.value.hint


@pytest.mark.parametrize("options", [{"spacing": [1, 0, 1]}, {"slice_axis": "w"}, {"clases": ["liver"]}])
def test_options_out_of_bounds_or_unknown_are_refused(convert, folder, options):
    with pytest.raises(AlsegError, match="dataset 'liver'"):
        stored(convert, folder, **options)
