"""What the NIfTI reader gives is what ITK gives, for every form of the format."""

import gzip

import nibabel
import numpy as np
import pytest
import SimpleITK as sitk
from alseg_datasets.images import read_volume
from alseg_datasets.nifti import read_nifti

from alcore import AlsegError

OBLIQUE = nibabel.affines.from_matvec(
    np.array([[0.8, -0.6, 0], [0.6, 0.8, 0], [0, 0, 1]]) @ np.diag([0.7, 0.9, 2.5]), (-3.5, 20.25, 7.0)
)


def forms():
    """Name -> image, in nibabel's order (x, y, z[, t[, c]])."""
    rng = np.random.default_rng(0)
    volume = rng.integers(-500, 500, (4, 5, 3)).astype(np.int16)
    plain = nibabel.Nifti1Image(volume, OBLIQUE)
    yield "oblique", plain
    yield "NIfTI-2", nibabel.Nifti2Image(volume, OBLIQUE)
    big = nibabel.Nifti1Image(volume.astype(">i2"), OBLIQUE, plain.header.as_byteswapped(">"))
    yield "big-endian", big
    flat = nibabel.Nifti1Image(volume[:, :, 0], OBLIQUE)
    yield "flat", flat
    yield "channels", nibabel.Nifti1Image(rng.random((4, 5, 3, 2), np.float32), OBLIQUE)
    scaled = nibabel.Nifti1Image(volume, OBLIQUE)
    scaled.header.set_slope_inter(0.5, -3)
    yield "scaled", scaled
    only_q = nibabel.Nifti1Image(volume, OBLIQUE)
    only_q.set_sform(None)
    yield "qform alone", only_q
    nowhere = nibabel.Nifti1Image(volume, OBLIQUE)
    nowhere.set_sform(None)
    nowhere.set_qform(None)
    nowhere.header.set_zooms((0.7, 0.9, 2.5))
    yield "placed nowhere", nowhere


FORMS = dict(forms())


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("suffix", [".nii", ".nii.gz"])
def test_a_file_reads_as_itk_reads_it(tmp_path, form, suffix):
    path = tmp_path / f"scan{suffix}"
    if form == "scaled":  # nibabel chooses a scale of its own for floats; write the stored integers as they are
        image = FORMS[form]
        header = image.header.copy()
        header.set_data_offset(352)
        raw = header.binaryblock + b"\0\0\0\0" + np.asarray(image.dataobj, "<i2").tobytes(order="F")
        path.write_bytes(gzip.compress(raw) if suffix.endswith("gz") else raw)
    else:
        nibabel.save(FORMS[form], path)
    read, understood = read_nifti(path), path
    if form == "NIfTI-2":  # which ITK does not read
        understood = tmp_path / "older.nii"
        nibabel.save(FORMS["oblique"], understood)
    reference = sitk.ReadImage(str(understood))
    axes = min(reference.GetDimension(), 3)
    np.testing.assert_array_equal(read.voxels.squeeze(), sitk.GetArrayFromImage(reference).squeeze())
    assert read.voxels.ndim == 4
    np.testing.assert_allclose(read.spacing[:axes], reference.GetSpacing()[:axes], rtol=1e-6)
    np.testing.assert_allclose(read.origin[:axes], reference.GetOrigin()[:axes], rtol=1e-6)
    direction = np.array(reference.GetDirection()).reshape(reference.GetDimension(), -1)[:axes, :axes]
    np.testing.assert_allclose(read.direction[:axes, :axes], direction, atol=1e-6)


def test_other_units_become_millimetres(tmp_path):
    image = nibabel.Nifti1Image(np.zeros((2, 3, 4), np.uint8), np.diag([700.0, 900.0, 2500.0, 1.0]))
    image.header.set_xyzt_units("micron")
    nibabel.save(image, tmp_path / "scan.nii")
    assert read_volume(tmp_path / "scan.nii").spacing == pytest.approx((0.7, 0.9, 2.5))


def test_a_volume_series_of_vectors_is_refused(tmp_path):
    nibabel.save(nibabel.Nifti1Image(np.zeros((2, 3, 4, 5, 6), np.uint8), np.eye(4)), tmp_path / "scan.nii")
    with pytest.raises(AlsegError, match=r"scan.nii has 5 dimensions, channels included, not at most 4"):
        read_volume(tmp_path / "scan.nii")
