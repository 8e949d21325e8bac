"""``alseg data init`` finds images and labels in the arrangements of public data sets, and what it writes converts."""

import json
import os
from unicodedata import normalize

import nibabel
import numpy as np
import pytest
import SimpleITK as sitk

from alcore import AlsegError, DatasetSpec
from alcore.acquisition.source_description import write_description
from alcore.registry import Registry

COMPONENT = Registry.installed().get(DatasetSpec, "folder")
VALUES = (0, 1, 4)


def write(path, array):
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.name.endswith((".nii", ".nii.gz")):
        nibabel.save(nibabel.Nifti1Image(array.T, np.diag([-1.0, -1.0, 2.0, 1.0])), path)
    else:
        sitk.WriteImage(sitk.GetImageFromArray(array), str(path))


def write_image(path, seed=0, shape=(3, 6, 5)):
    write(path, np.random.default_rng(seed).integers(0, 1000, shape).astype(np.uint16))


def write_label(path, seed=0, shape=(3, 6, 5), values=VALUES):
    write(path, np.random.default_rng(seed).choice(values, shape).astype(np.uint8))


def init(folder):
    """What init says, and what a conversion would list."""
    sketch = write_description(COMPONENT, folder)
    return "\n".join(sketch.remarks), COMPONENT.build(COMPONENT.parse_options({})).list_scans(folder)


LAYOUTS = {
    # name: (images by channel, label, suffix), the channels and a scan that must be found
    "two folders": (["images/case{n}.nii"], "labels/case{n}.nii", ["image"], "case3"),
    "nnU-Net 1, a channel": (["imagesTr/case{n}_0000.nii"], "labelsTr/case{n}.nii", ["image"], "case3"),
    "nnU-Net, two channels": (
        ["imagesTr/la_00{n}_0000.nii", "imagesTr/la_00{n}_0001.nii"],
        "labelsTr/la_00{n}.nii",
        ["0000", "0001"],
        "la_003",
    ),
    "one folder": (["case{n}.nrrd"], "case{n}_seg.nrrd", ["image"], "case3"),
    "a folder per scan": (["patient{n}/image.mha"], "patient{n}/mask.mha", ["image"], "patient3"),
    "channels in a folder per scan": (["p{n}/t1.nii", "p{n}/t2.nii"], "p{n}/seg.nii", ["t1", "t2"], "p3"),
    "channels in one folder": (["a{n}_flair.nii", "a{n}_t1.nii"], "a{n}_seg.nii", ["flair", "t1"], "a3"),
    "channels in folders": (["T1/s{n}.nii", "T2/s{n}.nii"], "masks/s{n}.nii", ["T1", "T2"], "s3"),
    "BraTS 2023": (
        [f"BraTS-GLI-0000{{n}}-000/BraTS-GLI-0000{{n}}-000-{m}.nii.gz" for m in ("t1c", "t1n", "t2f", "t2w")],
        "BraTS-GLI-0000{n}-000/BraTS-GLI-0000{n}-000-seg.nii.gz",
        ["t1c", "t1n", "t2f", "t2w"],
        "BraTS-GLI-00003-000",
    ),
    "BraTS 2020": (
        [f"BraTS20_Training_00{{n}}/BraTS20_Training_00{{n}}_{m}.nii" for m in ("flair", "t1", "t1ce", "t2")],
        "BraTS20_Training_00{n}/BraTS20_Training_00{n}_seg.nii",
        ["flair", "t1", "t1ce", "t2"],
        "BraTS20_Training_003",
    ),
    "KiTS": (["case_0000{n}/imaging.nii"], "case_0000{n}/segmentation.nii", ["image"], "case_00003"),
    "LiTS": (["batch/volume-{n}.nii"], "batch/segmentation-{n}.nii", ["image"], "3"),
    "PROMISE12": (["Case0{n}.mhd"], "Case0{n}_segmentation.mhd", ["image"], "Case03"),
    "BIDS, flat labels": (
        ["sub-0{n}/anat/sub-0{n}_T1w.nii"],
        "derivatives/manual/sub-0{n}/anat/sub-0{n}_label-hippo_dseg.nii",
        ["image"],
        "sub-03",
    ),
    "ISLES": (
        [f"sub-stroke0{{n}}/ses-1/dwi/sub-stroke0{{n}}_ses-1_{m}.nii" for m in ("adc", "dwi")],
        "derivatives/sub-stroke0{n}/ses-1/sub-stroke0{n}_ses-1_msk.nii",
        ["adc", "dwi"],
        "sub-stroke03",
    ),
    "SegTHOR": (["train/Patient_0{n}/Patient_0{n}.nii"], "train/Patient_0{n}/GT.nii", ["image"], "Patient_03"),
    "2D": (["scans/s{n}.png"], "annotations/s{n}.png", ["image"], "s3"),
    "a word for labels in the folder of all": (["seg/images/c{n}.nii"], "seg/labels/c{n}.nii", ["image"], "c3"),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_init_writes_converts(tmp_path, layout):
    images, label, channels, a_scan = LAYOUTS[layout]
    shape = (6, 5) if layout == "2D" else (3, 6, 5)
    for number in range(1, 6):
        for place, image in enumerate(images):
            write_image(tmp_path / image.format(n=number), 10 * number + place, shape)
        write_label(tmp_path / label.format(n=number), number, shape)
    _, listing = init(tmp_path)
    assert len(listing.scans) == 5
    assert list(listing.channel_names) == channels
    assert listing.class_names == ("background", "class 1", "class 4")
    assert a_scan in {scan.id for scan in listing.scans}
    for scan in listing.scans:
        headers = [path for path in scan.files if path.suffix != ".raw"]
        assert len(headers) == len(images) + 1


def test_frames_of_acdc_are_scans_of_one_patient(tmp_path):
    for patient in range(1, 5):
        name = f"patient00{patient}"
        for frame in (1, 7 + patient):
            write_image(tmp_path / name / f"{name}_frame{frame:02d}.nii", patient)
            write_label(tmp_path / name / f"{name}_frame{frame:02d}_gt.nii", patient)
        write_image(tmp_path / name / f"{name}_4d.nii", shape=(2, 3, 6, 5))
    said, listing = init(tmp_path)
    assert len(listing.scans) == 8
    assert {scan.group for scan in listing.scans} == {f"patient00{patient}" for patient in range(1, 5)}
    assert "left out: 4 image files: patient001/patient001_4d.nii" in said


def test_visits_of_a_patient_are_grouped(tmp_path):
    for patient in range(1, 5):
        for visit in (1, 2):
            folder = tmp_path / f"P{patient:03d}" / f"visit{visit}"
            write_image(folder / "T1w.nii", patient)
            write_label(folder / "hippocampus_seg.nii", patient)
    _, listing = init(tmp_path)
    assert [scan.id for scan in listing.scans][:2] == ["P001_visit1", "P001_visit2"]
    assert {scan.group for scan in listing.scans} == {f"P{patient:03d}" for patient in range(1, 5)}


def test_visits_in_file_names_are_grouped_and_are_no_channels(tmp_path):
    for patient in range(1, 5):
        for visit in (1, 2):
            for channel in ("T1", "T2"):
                write_image(tmp_path / "scans" / f"P{patient:02d}_visit{visit}_{channel}.nii", patient)
            write_label(tmp_path / "masks" / f"P{patient:02d}_visit{visit}_seg.nii", patient)
    _, listing = init(tmp_path)
    assert listing.channel_names == ("T1", "T2")
    assert {scan.group for scan in listing.scans} == {f"P{patient:02d}" for patient in range(1, 5)}
    assert len(listing.scans) == 8


def test_sessions_of_bids_are_grouped(tmp_path):
    for patient in range(1, 5):
        for session in ("pre", "post"):
            name = f"sub-{patient:02d}_ses-{session}"
            place = f"sub-{patient:02d}/ses-{session}/anat"
            write_image(tmp_path / place / f"{name}_T1w.nii", patient)
            write_label(tmp_path / "derivatives/labels" / place / f"{name}_dseg.nii", patient)
    _, listing = init(tmp_path)
    assert len(listing.scans) == 8
    assert {scan.group for scan in listing.scans} == {f"sub-{patient:02d}" for patient in range(1, 5)}


def test_folders_of_sites_are_no_patients(tmp_path):
    for number in range(12):
        folder = tmp_path / ("Basel" if number < 7 else "Lund") / f"c{number}"
        write_image(folder / "ct.nii", number)
        write_label(folder / "mask.nii", number)
    _, listing = init(tmp_path)
    assert [scan.id for scan in listing.scans] == sorted(f"c{number}" for number in range(12))
    assert {scan.group for scan in listing.scans} == {""}


def test_folders_of_splits_are_the_split(tmp_path):
    for number, split in enumerate(["train"] * 4 + ["val"] * 2 + ["test"] * 3):
        write_image(tmp_path / split / f"c{number}" / "ct.nii", number)
        write_label(tmp_path / split / f"c{number}" / "mask.nii", number)
    _, listing = init(tmp_path)
    assert [scan.split for scan in listing.scans] == ["train"] * 4 + ["validation"] * 2 + ["test"] * 3


def test_labels_without_a_word_for_it_are_known_by_their_values(tmp_path):
    for number in range(1, 5):
        for channel in ("t2", "adc", "dwi"):
            write_image(tmp_path / f"0{number}" / f"{channel}.nii", number)
        write_label(tmp_path / f"0{number}" / "t2_anatomy.nii", number)
    _, listing = init(tmp_path)
    assert listing.channel_names == ("adc", "dwi", "t2")
    assert [scan.id for scan in listing.scans] == ["01", "02", "03", "04"]


@pytest.mark.parametrize("older", [False, True])
def test_names_are_those_of_dataset_json(tmp_path, older):
    for number in range(1, 5):
        for channel in range(2):
            write_image(tmp_path / "imagesTr" / f"amos_000{number}_000{channel}.nii", number)
        write_label(tmp_path / "labelsTr" / f"amos_000{number}.nii", number)
    newer = {"channel_names": {"0": "T2", "1": "ADC"}, "labels": {"background": 0, "spleen": 1, "prostate/uterus": 4}}
    old = {"modality": {"0": "T2", "1": "ADC"}, "labels": {"0": "background", "1": "spleen", "4": "prostate/uterus"}}
    (tmp_path / "dataset.json").write_text(json.dumps(old if older else newer), encoding="utf-8-sig")
    said, listing = init(tmp_path)
    assert "dataset.json" in said
    assert listing.channel_names == ("T2", "ADC")
    assert listing.class_names == ("background", "spleen", "prostate or uterus")


def test_scans_without_a_label_are_left_out_and_told(tmp_path):
    for number in range(1, 6):
        write_image(tmp_path / "images" / f"c{number}.nii", number)
        if number != 3:
            write_label(tmp_path / "labels" / f"c{number}.nii", number)
    said, listing = init(tmp_path)
    assert [scan.id for scan in listing.scans] == ["c1", "c2", "c4", "c5"]
    assert "left out: 1 scans without a label or a channel: c3" in said


def test_a_channel_of_another_size_is_left_out_and_told(tmp_path):
    for number in range(1, 5):
        write_image(tmp_path / f"p{number}" / "t1.nii", number)
        write_image(tmp_path / f"p{number}" / "localizer.nii", number, shape=(1, 9, 9))
        write_label(tmp_path / f"p{number}" / "seg.nii", number)
    said, listing = init(tmp_path)
    assert listing.channel_names == ("image",)
    assert "localizer" in said


def test_leftovers_are_no_scans_links_are_followed_and_loops_end(tmp_path):
    real, lab = tmp_path / "real", tmp_path / "lab"
    for number in range(1, 5):
        write_image(real / "i" / normalize("NFC", f"Bär{number}.nii"), number)
        write_label(real / "l" / normalize("NFD", f"Bär{number}.nii"), number)
    for leftover in ("._x.nii", ".DS_Store", "__MACOSX/x.nii", ".ipynb_checkpoints/x.nii"):
        (real / "i" / leftover).parent.mkdir(exist_ok=True)
        (real / "i" / leftover).write_bytes(b"x")
    lab.mkdir()
    (lab / "images").symlink_to(real / "i")
    (lab / "labels").symlink_to(real / "l")
    (lab / "loop").symlink_to(lab)
    said, listing = init(lab)
    assert [scan.id for scan in listing.scans] == [normalize("NFC", f"Bär{number}") for number in range(1, 5)]
    assert "left out" not in said


def test_a_scan_whose_name_is_no_text_is_refused(tmp_path):
    for number in range(1, 5):
        write_image(tmp_path / "images" / f"c{number}.nii", number)
        write_label(tmp_path / "labels" / f"c{number}.nii", number)
    try:
        (tmp_path / "images" / os.fsdecode(b"c\xfe.nii")).write_bytes(b"x")
    except OSError:
        pytest.skip("this disk takes UTF-8 names alone")
    with pytest.raises(AlsegError, match=r"name holds 'c\\udcfe'"):
        init(tmp_path)
    assert not (tmp_path / "alseg.toml").exists()


def test_nothing_is_written_that_does_not_convert(tmp_path):
    for number in range(1, 5):
        write_image(tmp_path / "images" / f"c{number}.nii", number)
        write(tmp_path / "labels" / f"c{number}.nii", np.full((3, 6, 5), np.nan, np.float32))
    with pytest.raises(AlsegError, match=r"c1\.nii"):
        init(tmp_path)
    assert not (tmp_path / "alseg.toml").exists()


def test_nothing_is_written_where_there_is_nothing_or_a_description_already(tmp_path):
    with pytest.raises(AlsegError, match="no images with labels"):
        init(tmp_path)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "alseg.toml").write_text("mine")
    with pytest.raises(AlsegError, match="exists already"):
        init(tmp_path)
    assert (tmp_path / "alseg.toml").read_text() == "mine"
    with pytest.raises(AlsegError, match="does not exist"):
        init(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        ({"background": 0, "organ": [1, 4]}, ("background", "organ")),
        ({"background": 0, "organ": 1, "ignore": 4}, ("background", "organ")),
        ({"background": 0, "all": [1, 4], "core": 4}, ("all", "core")),
    ],
)
def test_regions_and_ignored_values_of_nnunet_are_taken_over(tmp_path, labels, classes):
    for number in range(1, 5):
        write_image(tmp_path / "imagesTr" / f"c{number}_0000.nii", number)
        write_label(tmp_path / "labelsTr" / f"c{number}.nii", number)
    (tmp_path / "dataset.json").write_text(json.dumps({"channel_names": {"0": "CT"}, "labels": labels}))
    said, listing = init(tmp_path)
    assert listing.class_names == classes
    assert listing.multi_label == ("classes overlap" in said) == ("core" in labels)


def test_of_several_masks_one_is_taken_and_the_others_are_told(tmp_path):
    for number in range(1, 5):
        write_image(tmp_path / f"s{number}" / "ct.nii", number)
        for organ in ("liver", "spleen"):
            write_label(tmp_path / f"s{number}" / "segmentations" / f"{organ}.nii", number, values=(0, 1))
    said, listing = init(tmp_path)
    assert len(listing.scans) == 4
    assert "left out: 4 image files: s1/segmentations/spleen.nii" in said


def test_names_that_leave_a_label_value_out_are_not_used_and_that_is_told(tmp_path):
    for number in range(1, 5):
        write_image(tmp_path / "imagesTr" / f"c{number}_0000.nii", number)
        write_label(tmp_path / "labelsTr" / f"c{number}.nii", number)
    described = {"channel_names": {"0": "CT"}, "labels": {"background": 0, "organ": 1}}
    (tmp_path / "dataset.json").write_text(json.dumps(described))
    said, listing = init(tmp_path)
    assert listing.class_names == ("background", "class 1", "class 4")
    assert "does not name the label values 4" in said
    assert "names are those" not in said
