"""Decathlon folders, generated for all ten tasks, and the real hippocampus scans."""

import gzip
import json
import struct
from pathlib import Path

import numpy as np
import pytest
from alseg_datasets.plugin import register_datasets
from alseg_datasets.tasks import TASKS

from alcore import AlsegError, SliceStore

REAL = Path(__file__).parents[4] / "shared" / "data" / "Task04_Hippocampus"
SPECS = {spec.name: spec for spec in register_datasets()}


def read_nifti_bytes(path):
    """The voxels of a little-endian NIfTI-1 file straight from its bytes, first index fastest: (x, y, z[, channel])."""
    raw = gzip.decompress(path.read_bytes())
    dims = struct.unpack_from("<8h", raw, 40)
    code, _ = struct.unpack_from("<2h", raw, 70)
    slope, intercept = struct.unpack_from("<2f", raw, 112)
    assert (slope, intercept) in {(1.0, 0.0), (0.0, 0.0)}
    dtype = {2: "u1", 4: "<i2", 8: "<i4", 16: "<f4", 64: "<f8"}[code]
    (offset,) = struct.unpack_from("<f", raw, 108)
    return np.frombuffer(raw, dtype, offset=int(offset)).reshape(dims[1 : dims[0] + 1], order="F")


def class_names(task):
    return ("background", *(f"class {number}" for number in range(1, task.n_classes)))


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_each_task_converts_with_its_channels_and_classes(decathlon_folder, convert, task):
    folder = decathlon_folder(task.folder, n_channels=task.n_channels, labels=class_names(task))
    with SliceStore.open(convert(task.name, folder.root)) as store:
        assert len(store.info.channel_names) == task.n_channels
        assert store.info.class_names == class_names(task)
        assert store.scans.ids == tuple(folder.names)
        assert store.scans.split.tolist() == ["validation", *["train"] * 4, "validation"]
        assert store.scans.n_slices.tolist() == [4, 5, 6, 7, 8, 9]
        for scan, name in enumerate(folder.names):
            image = read_nifti_bytes(folder.image(name))  # (x, y, z) or (x, y, z, channel)
            image = image.reshape(*image.shape[:3], -1)
            np.testing.assert_array_equal(store.read_scan_image(scan), image.transpose(2, 3, 1, 0))
            label = read_nifti_bytes(folder.label(name))
            np.testing.assert_array_equal(store.read_scan_label(scan), label.transpose(2, 1, 0))
        assert store.scans.spacing[0].tolist() == [2.0, 1.0, 1.0]


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_each_task_is_found_by_its_official_folder_name(task):
    assert SPECS[task.name].aliases == (task.folder.lower().replace("_", "-"),)


@pytest.mark.real_data
@pytest.mark.skipif(not REAL.is_dir(), reason="the Decathlon hippocampus scans are not here")
def test_real_scans_equal_their_nifti_files_voxel_by_voxel(tmp_path, convert):
    described = json.loads((REAL / "dataset.json").read_text())
    described["training"] = described["training"][:7]
    (tmp_path / "dataset.json").write_text(json.dumps(described))
    for folder in ("imagesTr", "labelsTr"):
        (tmp_path / folder).symlink_to(REAL / folder)
    with SliceStore.open(convert("hippocampus", tmp_path)) as store:
        assert store.info.class_names == ("background", "Anterior", "Posterior")
        for scan, name in enumerate(store.scans.ids):
            image = read_nifti_bytes(REAL / "imagesTr" / f"{name}.nii.gz")
            label = read_nifti_bytes(REAL / "labelsTr" / f"{name}.nii.gz")
            np.testing.assert_array_equal(store.read_scan_image(scan)[:, 0], image.transpose(2, 1, 0))
            np.testing.assert_array_equal(store.read_scan_label(scan), label.transpose(2, 1, 0))


def refused(convert, folder, **options):
    with pytest.raises(AlsegError) as caught:
        convert("heart", folder.root, **options)
    return caught.value


@pytest.mark.parametrize("kept", [0.02, 0.5, 0.95])
@pytest.mark.parametrize("part", ["image", "label"])
def test_a_truncated_file_is_refused_and_named(decathlon_folder, convert, kept, part):
    folder = decathlon_folder()
    path = getattr(folder, part)("case_03")
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
    assert str(path) in refused(convert, folder).message


def test_a_file_with_a_flipped_bit_is_refused(decathlon_folder, convert):
    folder = decathlon_folder()
    path = folder.image("case_03")
    content = bytearray(path.read_bytes())
    content[-6] ^= 1  # within the gzip checksum
    path.write_bytes(content)
    assert str(path) in refused(convert, folder).message


def test_a_truncated_uncompressed_file_is_refused(decathlon_folder, convert):
    folder = decathlon_folder()
    plain = folder.image("case_03").with_suffix("")
    plain.write_bytes(gzip.decompress(folder.image("case_03").read_bytes())[:-10])
    described = json.loads((folder.root / "dataset.json").read_text())
    described["training"][3]["image"] = "imagesTr/case_03.nii"
    folder.describe(training=described["training"])
    assert f"{plain} is truncated" in refused(convert, folder).message


def test_a_file_of_several_gzip_members_is_read(decathlon_folder, convert):
    folder = decathlon_folder()
    path = folder.image("case_03")
    raw = gzip.decompress(path.read_bytes())
    path.write_bytes(gzip.compress(raw[:500]) + gzip.compress(raw[500:]))
    with SliceStore.open(convert("heart", folder.root)) as store:
        image = store.read_scan_image(store.scans.ids.index("case_03"))
        np.testing.assert_array_equal(image[:, 0], read_nifti_bytes(path).transpose(2, 1, 0))


def test_a_missing_file_is_named_before_anything_is_read(decathlon_folder, convert):
    folder = decathlon_folder()
    folder.label("case_05").unlink()
    assert f"{folder.label('case_05')} is missing" in refused(convert, folder).message


def test_a_file_that_is_no_image_is_refused(decathlon_folder, convert):
    folder = decathlon_folder()
    folder.image("case_01").write_text("hello")
    assert "cannot be read as an image" in refused(convert, folder).message


SHAPE = (4, 6, 5)
GREY = np.zeros(SHAPE, np.int16)
ONES = np.ones(SHAPE, np.uint8)


@pytest.mark.parametrize(
    ("sentence", "image", "label"),
    [
        ("differ in size: 5x6x4 and 5x6x3 voxels", GREY, ONES[1:]),
        ("the label has the value 2, which the dataset does not name; it names 0, 1", GREY, ONES * 2),
        ("the label has the value -1,", GREY, -ONES.astype(np.int16)),
        ("the label has the value 300,", GREY, ONES.astype(np.int16) * 300),
        ("120 label values are not whole numbers, such as 1.1", GREY, ONES * np.float32(1.1)),
        ("no foreground voxel", GREY, ONES * 0),
        ("120 NaN or infinite voxels", GREY * np.float32("nan"), ONES),
        ("120 NaN or infinite voxels", GREY + np.float64("inf"), ONES),
        ("120 NaN or infinite voxels", GREY, ONES * np.float32("nan")),
        ("1 channels; ", np.stack([GREY, GREY]), ONES),
    ],
)
def test_a_scan_that_cannot_be_used_is_refused_with_its_file(decathlon_folder, convert, sentence, image, label):
    folder = decathlon_folder()
    folder.write("case_02", image, label)
    message = refused(convert, folder).message
    assert sentence in message.replace("the image has 2 channels; the dataset has 1", "1 channels; ")
    assert "case_02.nii.gz" in message


def test_whole_numbers_stored_as_floats_are_labels(decathlon_folder, convert):
    folder = decathlon_folder()
    folder.write("case_02", GREY, ONES.astype(np.float64))
    with SliceStore.open(convert("heart", folder.root)) as store:
        assert (store.read_scan_label(2) == 1).all()


def test_a_label_that_lies_elsewhere_is_a_warning(decathlon_folder, convert):
    folder = decathlon_folder()
    folder.write("case_00", GREY, ONES, label_spacing=(1.0, 1.5, 2.0), label_origin=(5.0, 0.0, 0.0))
    with SliceStore.open(convert("heart", folder.root)) as store:
        assert store.scans.warnings[0] == ("image and label differ in spacing and origin",)
        assert store.scans.warnings[1] == ()


def test_a_folder_that_is_no_task_is_refused(decathlon_folder, convert, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(AlsegError, match="has no dataset"):
        convert("heart", tmp_path / "empty")
    with pytest.raises(AlsegError, match="does not exist"):
        convert("heart", tmp_path / "nowhere")
    with pytest.raises(AlsegError, match="read from a folder"):
        convert("heart")
    folder = decathlon_folder("Task02_Heart")
    with pytest.raises(AlsegError) as caught:
        convert("heart", folder.root.parent)
    assert str(folder.root) in caught.value.hint
    with pytest.raises(AlsegError, match="is not Task05_Prostate"):
        convert("prostate", folder.root)


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("cannot be read as JSON", "{"),
        ("it must hold keys with values", "[]"),
        (
            "key 'training': it holds too few",
            '{"modality": {"0": "CT"}, "labels": {"0": "a", "1": "b"}, "training": []}',
        ),
        (
            "key 'modality.x': its keys must be whole numbers",
            '{"modality": {"x": "CT"}, "labels": {"0": "a"}, "training": [1]}',
        ),
        ("names no background", '{"modality": {"0": "CT"}, "labels": {"1": "a", "2": "b"}, "training": [1]}'),
        (
            "key 'training.0': it must hold keys with values",
            '{"modality": {"0": "CT"}, "labels": {"0": "a", "1": "b"}, "training": [1]}',
        ),
    ],
)
def test_a_description_that_cannot_be_used_is_refused(decathlon_folder, convert, sentence, text):
    folder = decathlon_folder()
    (folder.root / "dataset.json").write_text(text)
    message = refused(convert, folder).message
    assert sentence in message
    assert "dataset.json" in message


def test_an_image_given_as_a_list_of_one_is_read(decathlon_folder, convert):
    folder = decathlon_folder()
    described = json.loads((folder.root / "dataset.json").read_text())
    folder.describe(training=[{"image": [case["image"]], "label": [case["label"]]} for case in described["training"]])
    with SliceStore.open(convert("heart", folder.root)) as store:
        assert store.scans.ids == tuple(folder.names)


CASE = {"image": "a", "label": "b"}


@pytest.mark.parametrize(
    ("key", "changes"),
    [
        ("training.0.image", {"training": [{**CASE, "image": 3}]}),
        ("training.0.image", {"training": [{**CASE, "image": None}]}),
        ("training.0.image", {"training": [{**CASE, "image": []}]}),
        ("training.0.image", {"training": [{**CASE, "image": "x" * 300}]}),
        ("training.0.image", {"training": [{**CASE, "image": "a\0"}]}),
        ("training.0.label", {"training": [{**CASE, "label": ["a", "b"]}]}),
        ("labels.²", {"labels": {"0": "a", "²": "b"}}),
        ("labels.١", {"labels": {"0": "a", "١": "b"}}),
        ("labels.999", {"labels": {"0": "a", "9" * 5000: "b"}}),
        ("labels.1", {"labels": {"0": "a", "1": 7}}),
    ],
)
def test_a_hostile_description_is_one_sentence(decathlon_folder, convert, key, changes):
    folder = decathlon_folder()
    folder.describe(**changes)
    message = refused(convert, folder).message
    assert f"key '{key}" in message
    assert len(message) < 1000


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000])
def test_a_deep_description_is_one_sentence(decathlon_folder, convert, text):
    folder = decathlon_folder()
    (folder.root / "dataset.json").write_text(text)
    assert "cannot be read as JSON" in refused(convert, folder).message
