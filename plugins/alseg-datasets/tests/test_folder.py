"""Folders of one's own, in every format, with everything that can be wrong with them."""

import numpy as np
import pytest
import SimpleITK as sitk
from alseg_datasets.plugin import register_datasets

from alcore import AlsegError, SliceStore
from alcore.testing import check_dataset

SPEC = next(spec for spec in register_datasets() if spec.name == "folder")
CLASSES = "[classes]\nbackground = 0\norgan = 1\n"
SEPARATE = 'images = "images/{id}.EXT"\nlabels = "labels/{id}.EXT"\n' + CLASSES


def voxels(seed, shape=(3, 5, 4)):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 200, shape).astype(np.uint8), rng.integers(0, 2, shape).astype(np.uint8)


def write(path, array, spacing=(1.0, 1.0, 2.5), **kwargs):
    path.parent.mkdir(parents=True, exist_ok=True)
    image = sitk.GetImageFromArray(array, **kwargs)
    image.SetSpacing(spacing[: image.GetDimension()])
    sitk.WriteImage(image, str(path))


@pytest.fixture
def lab(tmp_path):
    """A folder with five scans and a way to describe it; its name has a space and an umlaut."""
    root = tmp_path / "our scans ü"

    def make(description=SEPARATE, extension="nii.gz", **kwargs):
        for number in range(5):
            image, label = voxels(number)
            write(root / "images" / f"Bär {number}.{extension}", image, **kwargs)
            write(root / "labels" / f"Bär {number}.{extension}", label, **kwargs)
        (root / "alseg.toml").write_text(description.replace("EXT", extension), encoding="utf-8")
        return root

    return make


@pytest.mark.parametrize("extension", ["nii.gz", "nii", "nrrd", "mha"])
def test_volumes_of_every_format_read_back_as_written(lab, convert, extension):
    root = lab(extension=extension)
    check_dataset(SPEC, root)
    with SliceStore.open(convert("folder", root)) as store:
        assert store.scans.ids == tuple(f"Bär {number}" for number in range(5))
        for number in range(5):
            image, label = voxels(number)
            np.testing.assert_array_equal(store.read_scan_image(number)[:, 0], image)
            np.testing.assert_array_equal(store.read_scan_label(number), label)
        assert store.scans.spacing[0].tolist() == [2.5, 1.0, 1.0]


@pytest.mark.parametrize("extension", ["png", "tif"])
def test_flat_colour_images_are_scans_of_one_slice(tmp_path, convert, extension):
    rng = np.random.default_rng(0)
    colours = rng.integers(0, 256, (5, 6, 7, 3)).astype(np.uint8)
    for number in range(5):
        write(tmp_path / "images" / f"{number}.{extension}", colours[number], isVector=True)
        write(tmp_path / "labels" / f"{number}.{extension}", (colours[number, ..., 0] > 100).astype(np.uint8))
    description = SEPARATE.replace("EXT", extension).replace("[classes]", 'channels = ["R", "G", "B"]\n[classes]')
    (tmp_path / "alseg.toml").write_text(description)
    with SliceStore.open(convert("folder", tmp_path)) as store:
        assert store.scans.n_slices.tolist() == [1] * 5
        np.testing.assert_array_equal(store.read_image(2, 0), colours[2].transpose(2, 0, 1))


def test_dicom_series_are_read_in_the_order_of_their_positions(tmp_path, convert, write_series):
    for number in range(5):
        image, label = voxels(number)
        write_series(tmp_path / "images" / f"p{number}", image)
        write(tmp_path / "labels" / f"p{number}.nii.gz", label)
    (tmp_path / "alseg.toml").write_text('images = "images/{id}"\nlabels = "labels/{id}.nii.gz"\n' + CLASSES)
    with SliceStore.open(convert("folder", tmp_path)) as store:
        np.testing.assert_array_equal(store.read_scan_image(3)[:, 0], voxels(3)[0])
        assert len(store.geometry(3).files) == 4
        assert store.scans.spacing[3].tolist() == [2.5, 1.0, 1.0]
    (tmp_path / "images" / "p9").mkdir()
    write(tmp_path / "labels" / "p9.nii.gz", voxels(9)[1])
    with pytest.raises(AlsegError, match="p9 holds no DICOM file"):
        convert("folder", tmp_path)


CHANNELS = 'images = { t1 = "{id}_t1.nii.gz", t2 = "{id}_t2.nii.gz" }\nlabels = "{id}_seg.nii.gz"\n' + CLASSES


@pytest.fixture
def two_channels(tmp_path):
    for number in range(5):
        for mark, array in zip(("t1", "t2", "seg"), (*voxels(number)[:1], *voxels(number + 50)), strict=True):
            write(tmp_path / f"p{number}_{mark}.nii.gz", array)
    (tmp_path / "alseg.toml").write_text(CHANNELS)
    return tmp_path


def test_a_file_per_channel_makes_one_image(two_channels, convert):
    with SliceStore.open(convert("folder", two_channels)) as store:
        assert store.info.channel_names == ("t1", "t2")
        np.testing.assert_array_equal(store.read_scan_image(1)[:, 0], voxels(1)[0])
        np.testing.assert_array_equal(store.read_scan_image(1)[:, 1], voxels(51)[0])


def test_channels_of_one_scan_must_share_their_geometry(two_channels, convert):
    write(two_channels / "p2_t2.nii.gz", voxels(52)[0], spacing=(1.0, 1.0, 3.0))
    with pytest.raises(AlsegError, match=r"p2_t1.nii.gz and .*p2_t2.nii.gz are of one scan but differ in spacing"):
        convert("folder", two_channels)
    write(two_channels / "p2_t2.nii.gz", voxels(52)[0][1:])
    with pytest.raises(AlsegError, match=r"differ in size: 4x5x3 and 4x5x2"):
        convert("folder", two_channels)


def test_a_scan_without_its_label_or_a_channel_is_named(two_channels, convert):
    (two_channels / "p3_t2.nii.gz").unlink()
    with pytest.raises(AlsegError, match=r"'p3' has no image t2: .*p3_t2.nii.gz is missing"):
        convert("folder", two_channels)
    write(two_channels / "p3_t2.nii.gz", voxels(3)[0])
    (two_channels / "p4_seg.nii.gz").unlink()
    with pytest.raises(AlsegError, match=r"'p4' has no label: .*p4_seg.nii.gz is missing"):
        convert("folder", two_channels)


@pytest.mark.parametrize("extension", ["nrrd", "mha", "nii", "nii.gz"])
def test_a_truncated_volume_is_refused(lab, convert, extension):
    root = lab(extension=extension)
    path = root / "images" / f"Bär 3.{extension}"
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(AlsegError) as caught:
        convert("folder", root)
    assert str(path) in caught.value.message


SPLITS = {
    "": {"train": 4, "validation": 1, "test": 0},
    "[split]\nvalidation = 0.4\ntest = 0.2\n": {"train": 2, "validation": 2, "test": 1},
    '[split]\nvalidation = ["Bär 4"]\ntest = ["Bär 0", "Bär 1"]\n': {"train": 2, "validation": 1, "test": 2},
}


@pytest.mark.parametrize("text", SPLITS)
def test_scans_are_split_by_share_or_list(lab, convert, text):
    with SliceStore.open(convert("folder", lab(SEPARATE + text))) as store:
        assert {split: len(store.scans.indices(split)) for split in ("train", "validation", "test")} == SPLITS[text]


def test_scans_of_a_patient_stay_together_and_the_seed_draws_others():
    from alseg_datasets.split_rule import SplitRule

    ids = [f"p{patient}_{visit}" for patient in range(10) for visit in range(3)]
    drawn = set()
    for seed in range(5):
        rule = SplitRule(validation=0.3, test=0.2, seed=seed, patient=r"^(p\d+)_")
        split = rule.assign({name: rule.patient_of(name, "alseg.toml") for name in ids}, "alseg.toml")
        by_patient = {name.split("_")[0]: kind for name, kind in split.items()}
        assert all(by_patient[name.split("_")[0]] == kind for name, kind in split.items())
        assert sorted(by_patient.values()) == ["test"] * 2 + ["train"] * 5 + ["validation"] * 3
        drawn.add(tuple(sorted(by_patient.items())))
    assert len(drawn) > 1


PATIENTS = SEPARATE + "[split]\nvalidation = VALIDATION\npatient = '^(P\\d+)_'\n"


@pytest.fixture
def two_visits(tmp_path):
    for number in range(12):
        for folder, array in zip(("images", "labels"), voxels(number), strict=True):
            write(tmp_path / folder / f"P{number // 2:02d}_visit{number % 2 + 1}.nii.gz", array)

    def make(validation):
        description = PATIENTS.replace("EXT", "nii.gz").replace("VALIDATION", validation)
        (tmp_path / "alseg.toml").write_text(description)
        return tmp_path

    return make


def test_two_visits_of_a_patient_are_on_one_side_of_every_split(two_visits, convert):
    with SliceStore.open(convert("folder", two_visits("0.2"), test_fraction=0.4)) as store:
        split_of = {}
        for name, group, split in zip(store.scans.ids, store.scans.groups, store.scans.split, strict=True):
            assert name.startswith(group)
            assert split_of.setdefault(group, split) == split
        assert sorted(split_of.values()) == ["test"] * 2 + ["train"] * 3 + ["validation"]


def test_a_list_that_tears_a_patient_apart_is_refused(two_visits, convert):
    with pytest.raises(AlsegError, match="scans of 'P01' in several splits: 'P01_visit1' is in validation, "):
        convert("folder", two_visits('["P01_visit1"]'))


REGIONS = SEPARATE + "core = [2, 3]\nenhancing = 3\n[split]\nvalidation = 0.2\n"


@pytest.mark.parametrize(
    ("options", "regions"),
    [
        ({}, {"organ": (1, 2, 3), "core": (2, 3), "enhancing": (3,)}),
        ({"classes": ["core", "organ"]}, {"core": (2, 3), "organ": (1, 2, 3)}),
        ({"classes": ["core"]}, {"background": (), "core": (2, 3)}),
        ({"classes": ["core", "enhancing"], "merge_foreground": True}, {"background": (), "core + enhancing": (2, 3)}),
    ],
    ids=["all", "two", "one", "merged"],
)
def test_classes_that_share_label_values_overlap_unless_the_options_leave_no_overlap(lab, convert, options, regions):
    root = lab(REGIONS.replace("organ = 1", "organ = [1, 2, 3]"))
    truth = np.random.default_rng(0).integers(0, 4, (3, 5, 4)).astype(np.uint8)
    write(root / "labels" / "Bär 0.nii.gz", truth)
    check_dataset(SPEC, root)
    with SliceStore.open(convert("folder", root, options, allow_empty=True)) as store:
        assert store.info.class_names == tuple(regions)
        assert store.info.multi_label == ("background" not in regions)
        assert store.info.label_values[1:] == tuple(values for values in regions.values() if values)
        stored = store.read_scan_label(0)
        if store.info.multi_label:
            expected = np.stack([np.isin(truth, values) for values in regions.values()], axis=1)
        else:
            expected = np.isin(truth, (2, 3))
        np.testing.assert_array_equal(stored, expected)


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("cannot be read as TOML", "images ="),
        ("lacks the key 'labels'", 'images = "{id}.nii"\n' + CLASSES),
        ("has the unknown key 'label'", SEPARATE.replace("[classes]", 'label = "x"\n[classes]')),
        ("has the unknown key 'split.valdation'", SEPARATE + "[split]\nvaldation = 0.2\n"),
        ("must contain {id} (or {patient} or {visit})", SEPARATE.replace("labels/{id}", "labels/*")),
        ("name the background", SEPARATE.replace("background = 0", "background = 3")),
        ("different label values", SEPARATE + "tumour = 1\n"),
        ("different label values", SEPARATE + "tumour = [2, 2]\n"),
        ("shares label values with the background", SEPARATE.replace("background = 0", "background = [0, 1]")),
        ("name it once", SEPARATE + "tumour = [0, 2]\n"),
        ("share from 0 to below 1", SEPARATE + "[split]\nvalidation = 1.5\n"),
        ("no regular expression", SEPARATE + "[split]\npatient = '('\n"),
        ("one group in parentheses", SEPARATE + "[split]\npatient = 'p'\n"),
        ("does not match the scan 'Bär 0'", SEPARATE + "[split]\npatient = '^(x)'\n"),
        ("the scan 'nobody' does not exist", SEPARATE + '[split]\nvalidation = ["nobody"]\n'),
        ("the scan 'Bär 1' is in two splits", SEPARATE + '[split]\nvalidation = ["Bär 1"]\ntest = ["Bär 1"]\n'),
        ("matches 'images'", SEPARATE.replace("images/{id}", "pictures/{id}")),
    ],
)
def test_a_description_that_cannot_be_used_is_refused(lab, convert, sentence, text):
    with pytest.raises(AlsegError) as caught:
        convert("folder", lab(text))
    assert sentence in caught.value.message
    assert "alseg.toml" in caught.value.message


def test_a_folder_without_a_description_is_told_how_to_get_one(tmp_path, convert):
    with pytest.raises(AlsegError, match="has no alseg") as caught:
        convert("folder", tmp_path)
    assert "alseg data init" in caught.value.hint
