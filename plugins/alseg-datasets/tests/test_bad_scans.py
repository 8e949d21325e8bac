"""Everything that can be wrong with a scan, in every format: one sentence with the file, and the old store stays."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from PIL import Image

from alcore import AlsegError, SliceStore

VOLUMES = ("nii", "nii.gz", "nrrd", "mha")
FLAT = ("png", "tif")
FORMATS = (*VOLUMES, *FLAT, "dicom")
FLOATS = (*VOLUMES, "tif")


class Lab:
    """Five scans in one format, converted once; tests then spoil scan 2 and convert again."""

    def __init__(self, root, extension, write_series, convert):
        self.root, self.extension, self._series = root, extension, write_series
        self.shape = (6, 5) if extension in FLAT else (3, 6, 5)
        rng = np.random.default_rng(0)
        for number in range(5):
            image = rng.integers(0, 200, self.shape).astype(np.uint8)
            self.write(self.image(number), image)
            self.write(self.label(number), (image > 100).astype(np.uint8))
        image = "images/{id}" if extension == "dicom" else f"images/{{id}}.{extension}"
        (root / "alseg.toml").write_text(
            f'images = "{image}"\nlabels = "labels/{{id}}.{self.of_labels}"\n'
            '[classes]\nbackground = 0\n"tumour ü" = 1\n',
            encoding="utf-8",
        )
        self._convert = convert
        self.store = self.convert()
        self.before = self.store.read_bytes()

    @property
    def of_labels(self):
        return "nii.gz" if self.extension == "dicom" else self.extension

    def image(self, number):
        name = f"Fall {number} ä"
        return self.root / "images" / (name if self.extension == "dicom" else f"{name}.{self.extension}")

    def label(self, number):
        return self.root / "labels" / f"Fall {number} ä.{self.of_labels}"

    def write(self, path, array, spacing=(1.0, 1.0, 2.5)):
        path.parent.mkdir(parents=True, exist_ok=True)
        if self.extension == "dicom" and path.parent.name == "images":
            shutil.rmtree(path, ignore_errors=True)
            return self._series(path, array)
        image = sitk.GetImageFromArray(array)
        image.SetSpacing(spacing[: image.GetDimension()])
        sitk.WriteImage(image, str(path))

    def convert(self):
        return self._convert("folder", self.root)

    def refused(self, *sentences):
        with pytest.raises(AlsegError) as caught:
            self.convert()
        for sentence in sentences:
            assert sentence in caught.value.message
        assert "\n" not in caught.value.message
        assert self.store.read_bytes() == self.before
        return caught.value


@pytest.fixture
def lab_in(tmp_path, write_series, convert):
    """Make a lab in a format."""

    def make(extension):
        root = tmp_path / "our scans ü"
        root.mkdir()
        return Lab(root, extension, write_series, convert)

    return make


def a_file_of(path):
    return sorted(path.iterdir())[1] if path.is_dir() else path


@pytest.mark.parametrize("extension", FORMATS)
def test_a_truncated_or_foreign_file_is_refused(lab_in, extension):
    lab = lab_in(extension)
    for path in (lab.image(2), lab.label(2)):
        file = a_file_of(path)
        whole = file.read_bytes()
        for content in (whole[: len(whole) // 2], whole[:3], b"", b"<html>not found</html>"):
            file.write_bytes(content)
            lab.refused("Fall 2 ä")
        file.write_bytes(whole)


@pytest.mark.parametrize("extension", FORMATS)
def test_an_image_and_a_label_of_other_sizes_are_refused(lab_in, extension):
    lab = lab_in(extension)
    lab.write(lab.label(2), np.ones((*lab.shape[:-1], 4), np.uint8))
    lab.refused(str(lab.label(2)), "differ in size")


@pytest.mark.parametrize("extension", FORMATS)
def test_a_label_without_a_name_and_one_without_foreground_are_refused(lab_in, extension):
    lab = lab_in(extension)
    lab.write(lab.label(2), np.full(lab.shape, 7, np.uint8))
    lab.refused(str(lab.label(2)), "the label has the value 7")
    lab.write(lab.label(2), np.zeros(lab.shape, np.uint8))
    assert "--allow-empty" in lab.refused("Fall 2 ä", "no foreground voxel").hint


@pytest.mark.parametrize("extension", FORMATS)
def test_a_missing_label_is_named(lab_in, extension):
    lab = lab_in(extension)
    lab.label(2).unlink()
    lab.refused("'Fall 2 ä' has no label", str(lab.label(2)))


@pytest.mark.parametrize("extension", FLOATS)
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_voxels_that_are_no_number_are_refused(lab_in, extension, value):
    lab = lab_in(extension)
    image = np.ones(lab.shape, np.float32)
    image.flat[3] = value
    lab.write(lab.image(2), image)
    lab.refused(str(lab.image(2)), "1 NaN or infinite voxels")


@pytest.mark.parametrize("extension", FLOATS)
def test_labels_that_are_no_whole_numbers_are_refused_and_float_noise_is_rounded_and_told(lab_in, extension):
    lab = lab_in(extension)
    lab.write(lab.label(2), np.full(lab.shape, 0.5, np.float32))
    assert "linear interpolation" in lab.refused(str(lab.label(2)), "such as 0.5").hint
    lab.write(lab.label(2), np.full(lab.shape, 0.9999, np.float32))
    with SliceStore.open(lab.convert()) as store:
        assert (store.read_scan_label(2) == 1).all()
        assert store.scans.warnings[2] == (
            "label: values that were not quite whole, off by at most 0.01, were rounded",
        )


@pytest.mark.parametrize("extension", VOLUMES)
def test_a_volume_of_one_slice_is_a_scan(lab_in, extension):
    lab = lab_in(extension)
    lab.write(lab.image(2), np.ones((1, 6, 5), np.uint8))
    lab.write(lab.label(2), np.ones((1, 6, 5), np.uint8))
    with SliceStore.open(lab.convert()) as store:
        assert store.scans.n_slices.tolist() == [3, 3, 1, 3, 3]


@pytest.mark.parametrize("extension", [*VOLUMES, "dicom"])
def test_a_source_is_only_read(lab_in, extension):
    lab = lab_in(extension)
    paths = sorted(lab.root.rglob("*"))
    before = {path: path.read_bytes() for path in paths if path.is_file()}
    for path in [*paths, lab.root]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        lab.convert()
    finally:
        for path in [lab.root, *paths]:
            path.chmod(0o755 if path.is_dir() else 0o644)
    assert sorted(lab.root.rglob("*")) == paths
    assert {path: path.read_bytes() for path in before} == before


def test_a_label_that_is_turned_is_a_warning(lab_in):
    lab = lab_in("nii.gz")
    turned = sitk.ReadImage(str(lab.label(2)))
    turned.SetDirection((-1, 0, 0, 0, -1, 0, 0, 0, 1))
    sitk.WriteImage(turned, str(lab.label(2)))
    with SliceStore.open(lab.convert()) as store:
        assert store.scans.warnings[2] == ("image and label differ in direction",)


def test_what_is_odd_about_a_series_is_kept_in_the_store(lab_in):
    lab = lab_in("dicom")
    (lab.image(2) / "notes.txt").write_text("of the clinic")
    with SliceStore.open(lab.convert()) as store:
        assert store.scans.warnings[2] == ("image: left out, since it is no DICOM file: notes.txt",)


def test_an_image_with_a_palette_is_refused_and_a_label_map_with_one_read(lab_in):
    lab = lab_in("png")
    indices = (np.arange(30).reshape(6, 5) % 2).astype(np.uint8)
    for path in (lab.label(2), lab.image(2)):
        picture = Image.fromarray(indices, mode="P")
        picture.putpalette([0, 0, 0, 250, 9, 9])
        picture.save(path)
        if path == lab.label(2):
            with SliceStore.open(lab.convert()) as store:
                np.testing.assert_array_equal(store.read_scan_label(2)[0], indices)
            lab.before = lab.store.read_bytes()
    lab.refused(str(lab.image(2)), "positions in a palette")


def test_an_id_that_a_description_lists_twice_is_refused(decathlon_folder, convert):
    folder = decathlon_folder()
    described = json.loads((folder.root / "dataset.json").read_text())
    folder.describe(training=[*described["training"], described["training"][1]])
    with pytest.raises(AlsegError, match=r"has the scan id 'case_01' 2 times: .*case_01\.nii\.gz"):
        convert("heart", folder.root)


def test_a_source_or_a_target_that_is_a_file_is_refused(lab_in, tmp_path, convert):
    lab = lab_in("mha")
    with pytest.raises(AlsegError, match="does not exist"):
        convert("folder", lab.image(2))
    assert Path(lab.store).read_bytes() == lab.before


@pytest.mark.parametrize("extension", ["nii.gz", "nrrd", "png", "dicom"])
def test_several_threads_read_what_one_reads(lab_in, convert, extension):
    lab = lab_in(extension)
    with SliceStore.open(lab.store) as store:
        one = store.info.fingerprint
    with SliceStore.open(convert("folder", lab.root, jobs=4)) as store:
        assert store.info.fingerprint == one
