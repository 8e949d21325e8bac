"""What is written for an image opens in its geometry, whatever the slice axis, direction and resampling."""

import numpy as np
import pytest
import SimpleITK as sitk
from alseg_datasets.folder import Folder
from alseg_datasets.options import ScanOptions

from alcore import AlsegError

SPACING, ORIGIN = (0.8, 1.2, 3.0), (-12.5, 40.25, 7.0)


def oblique():
    """A rotation about a skew axis, row by row."""
    axis = np.array([1.0, 2.0, 3.0]) / np.sqrt(14)
    cross = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    angle = 0.4
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross


@pytest.fixture(params=[np.eye(3), np.diag([-1.0, -1.0, 1.0]), oblique()], ids=["straight", "flipped", "oblique"])
def source(request, tmp_path):
    voxels = np.random.default_rng(0).integers(0, 500, (6, 9, 7)).astype(np.int16)
    image = sitk.GetImageFromArray(voxels)
    image.SetSpacing(SPACING)
    image.SetOrigin(ORIGIN)
    image.SetDirection(request.param.ravel().tolist())
    path = tmp_path / "scan.nii.gz"
    sitk.WriteImage(image, str(path))
    return path, voxels


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_volume_that_goes_through_the_store_s_form_comes_back_in_place(source, tmp_path, axis):
    path, voxels = source
    dataset = Folder(ScanOptions())
    image = dataset.read_image([path], axis)
    assert image.image.shape[0] == voxels.shape[2 - axis]
    assert image.spacing[0] == pytest.approx(SPACING[axis])
    back = dataset.to_source(image.image.astype(np.float32), image)
    np.testing.assert_array_equal(back[0], voxels)
    out = tmp_path / "out.nii.gz"
    dataset.write_volume(out, back[0].astype(np.uint8), image)
    written, original = sitk.ReadImage(str(out)), sitk.ReadImage(str(path))
    np.testing.assert_allclose(written.GetOrigin(), original.GetOrigin(), atol=1e-5)
    np.testing.assert_allclose(written.GetSpacing(), original.GetSpacing(), atol=1e-6)
    np.testing.assert_allclose(written.GetDirection(), original.GetDirection(), atol=1e-6)
    np.testing.assert_array_equal(sitk.GetArrayFromImage(written), voxels.astype(np.uint8))


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_resampled_values_come_back_to_the_grid_of_the_source(source, axis):
    path, voxels = source
    dataset = Folder(ScanOptions(spacing=(1.0, 1.0, 1.0)))
    image = dataset.read_image([path], axis)
    assert image.spacing == (1.0, 1.0, 1.0)
    # A plane is what linear interpolation keeps: values that grow with the distance from the first voxel.
    slices, rows, columns = np.meshgrid(
        *(np.arange(n) for n in (image.image.shape[0], *image.image.shape[2:])), indexing="ij"
    )
    plane = (slices + 10.0 * rows + 100.0 * columns)[:, None].astype(np.float32)
    back = dataset.to_source(plane, image)[0]
    assert back.shape == voxels.shape
    z, y, x = np.meshgrid(
        *(np.arange(n) * step for n, step in zip(voxels.shape, SPACING[::-1], strict=True)), indexing="ij"
    )
    lengths = [z, y, x]
    lengths.insert(0, lengths.pop(2 - axis))
    shape = plane.shape[0], plane.shape[2], plane.shape[3]
    inside = np.logical_and.reduce([length <= n - 1 + 1e-6 for length, n in zip(lengths, shape, strict=True)])
    expected = lengths[0] + 10 * lengths[1] + 100 * lengths[2]
    np.testing.assert_allclose(back[inside], expected[inside], rtol=1e-4, atol=1e-2)


def test_a_label_map_of_another_size_or_with_other_values_is_refused(source, tmp_path):
    path, voxels = source
    dataset = Folder(ScanOptions())
    image = dataset.read_image([path], 2)
    label = sitk.GetImageFromArray((voxels > 250).astype(np.uint8) * 7)
    sitk.WriteImage(label, str(tmp_path / "label.nii.gz"))
    numbers, odd = dataset.read_label(tmp_path / "label.nii.gz", image, [(0,), (7,)])
    assert odd[0].startswith("image and label differ in spacing and origin")
    np.testing.assert_array_equal(numbers, voxels > 250)
    with pytest.raises(AlsegError, match="value 7"):
        dataset.read_label(tmp_path / "label.nii.gz", image, [(0,), (1,)])
    sitk.WriteImage(label[:, :, :3], str(tmp_path / "short.nii.gz"))
    with pytest.raises(AlsegError, match="differ in size"):
        dataset.read_label(tmp_path / "short.nii.gz", image, [(0,), (7,)])


def test_a_file_per_channel_is_one_image(source):
    path, voxels = source
    image = Folder(ScanOptions()).read_image([path, path], 2)
    assert image.image.shape == (6, 2, 9, 7)
    np.testing.assert_array_equal(image.image[:, 1], voxels)
