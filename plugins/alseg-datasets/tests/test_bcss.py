"""BCSS on a generated tree: grouping, split by institute, tiles, and what can be wrong."""

from collections import Counter

import numpy as np
import pytest
import SimpleITK as sitk
from alseg_datasets.bcss import Bcss
from alseg_datasets.options import BcssOptions
from alseg_datasets.plugin import register_datasets

from alcore import IGNORED, AlsegError, SliceStore
from alcore.testing import check_dataset

SPEC = next(spec for spec in register_datasets() if spec.name == "bcss")
# meta/gtruth_codes.tsv of the dataset, in the order of its codes from 0.
CODES = (
    *(
        "outside_roi",
        "tumor",
        "stroma",
        "lymphocytic_infiltrate",
        "necrosis_or_debris",
        "glandular_secretions",
        "blood",
    ),
    *("exclude", "metaplasia_NOS", "fat", "plasma_cells", "other_immune_infiltrate", "mucoid_material"),
    *("normal_acinus_or_duct", "lymphatics", "undetermined", "nerve", "skin_adnexa", "blood_vessel", "angioinvasion"),
    *("dcis", "other"),
)
CLASSES = {
    "tumour": {"tumor", "angioinvasion", "dcis"},
    "stroma": {"stroma"},
    "inflammatory": {"lymphocytic_infiltrate", "plasma_cells", "other_immune_infiltrate"},
    "necrosis": {"necrosis_or_debris"},
}
INSTITUTES = {"A1": 10, "E2": 5, "OL": 4, "S3": 1, "GM": 1, "LL": 1}


def name_of(institute, number):
    return f"TCGA-{institute}-A{number:03d}-DX1_xmin100_ymin{number}_MPP-0.2500"


def write(path, array):
    path.parent.mkdir(parents=True, exist_ok=True)
    sitk.WriteImage(sitk.GetImageFromArray(array, isVector=array.ndim == 3), str(path))


@pytest.fixture
def tree(tmp_path):
    """22 images of 6 institutes, of different sizes, with every code somewhere."""
    rng = np.random.default_rng(0)
    root = tmp_path / "bcss"
    for institute, count in INSTITUTES.items():
        for number in range(count):
            height, width = 20 + number, 33
            name = name_of(institute, number)
            write(root / "rgbs_colorNormalized" / f"{name}.png", rng.integers(0, 256, (height, width, 3), np.uint8))
            mask = rng.integers(0, 22, (height, width), np.uint8)
            mask[:, :3] = 0
            write(root / "masks" / f"{name}.png", mask)
    return root


def pixels(path):
    return sitk.GetArrayFromImage(sitk.ReadImage(str(path)))


def grouped(code):
    if code == 0:
        return IGNORED
    found = [number for number, names in enumerate(CLASSES.values(), start=1) if CODES[code] in names]
    return found[0] if found else 5


def test_each_image_is_a_scan_of_one_slice_with_its_codes_grouped(tree, convert):
    name = name_of("E2", 3)
    with SliceStore.open(convert("bcss", tree)) as store:
        assert store.info.class_names == ("background", *CLASSES, "other")
        assert store.info.channel_names == ("red", "green", "blue")
        assert (store.scans.n_slices == 1).all()
        scan = store.scans.ids.index(name)
        image = pixels(tree / "rgbs_colorNormalized" / f"{name}.png")
        np.testing.assert_array_equal(store.read_image(scan, 0), image.transpose(2, 0, 1))
        mask = pixels(tree / "masks" / f"{name}.png")
        np.testing.assert_array_equal(store.read_label(scan, 0), np.vectorize(grouped)(mask))
        assert store.scans.spacing[scan].tolist() == [1.0, 0.00025, 0.00025]
        assert store.scans.class_voxels.sum(axis=0)[0] == 0


def test_the_dataset_keeps_its_contract_in_tiles(tree):
    check_dataset(SPEC, tree, BcssOptions(tile=16), most_scans=3)


def test_validation_takes_its_share_of_each_institute(tree):
    listing = Bcss(BcssOptions(validation=0.2)).list_scans(tree)
    drawn = Counter(scan.id.split("-")[1] for scan in listing.scans if scan.split == "validation")
    assert sum(drawn.values()) == round(0.2 * 22)
    assert drawn["A1"] == 2
    assert drawn["E2"] == 1
    other = Bcss(BcssOptions(validation=0.2, seed=1)).list_scans(tree)
    assert [scan.split for scan in other.scans] != [scan.split for scan in listing.scans]
    assert Counter(scan.split for scan in other.scans) == Counter(scan.split for scan in listing.scans)


def test_images_of_a_patient_validate_together(tmp_path):
    for patient in range(8):
        for place in range(3):
            name = f"TCGA-A1-A{patient:03d}-DX1_xmin{place}_MPP-0.2500.png"
            for folder in ("rgbs_colorNormalized", "masks"):
                (tmp_path / folder).mkdir(exist_ok=True)
                (tmp_path / folder / name).touch()
    listing = Bcss(BcssOptions(validation=0.25)).list_scans(tmp_path)
    groups = {split: {scan.group for scan in listing.scans if scan.split == split} for split in ("train", "validation")}
    assert len(groups["validation"]) == 2
    assert groups["train"] | groups["validation"] == {f"TCGA-A1-A{patient:03d}" for patient in range(8)}
    assert not groups["train"] & groups["validation"]


def test_institutes_may_be_set_aside_for_testing(tree):
    listing = Bcss(BcssOptions(test_institutes=("OL", "S3"))).list_scans(tree)
    institutes = {split: set() for split in ("train", "validation", "test")}
    for scan in listing.scans:
        institutes[scan.split].add(scan.id.split("-")[1])
    assert institutes["test"] == {"OL", "S3"}
    assert not institutes["test"] & (institutes["train"] | institutes["validation"])
    with pytest.raises(AlsegError, match="no image of the institute ZZ") as caught:
        Bcss(BcssOptions(test_institutes=("ZZ",))).list_scans(tree)
    assert "A1, E2, GM, LL, OL, S3" in caught.value.hint


def test_tiles_are_equal_cover_the_image_and_leave_out_what_is_all_outside(tree, convert):
    name = name_of("A1", 5)  # 25 x 33: 2 rows of 13, 3 columns of 11
    mask = pixels(tree / "masks" / f"{name}.png")
    mask[:13, 22:] = 0
    write(tree / "masks" / f"{name}.png", mask)
    image = pixels(tree / "rgbs_colorNormalized" / f"{name}.png")
    with SliceStore.open(convert("bcss", tree, {"tile": 16})) as store:
        scan = store.scans.ids.index(name)
        places = [(top, left) for top in (0, 13) for left in (0, 11, 22) if (top, left) != (0, 22)]
        assert store.scans.n_slices[scan] == len(places)
        for position, (top, left) in enumerate(places):
            tile, label = store.read_image(scan, position), store.read_label(scan, position)
            assert tile.shape == (3, 13, 11)
            part = image[top : top + 13, left : left + 11]
            np.testing.assert_array_equal(tile[:, : len(part)], part.transpose(2, 0, 1))
            expected = np.vectorize(grouped)(mask[top : top + 13, left : left + 11])
            np.testing.assert_array_equal(label[: len(part)], expected)
            assert (label[len(part) :] == IGNORED).all()


def test_a_class_may_be_kept_alone(tree, convert):
    with SliceStore.open(convert("bcss", tree, {"classes": ["tumour"]})) as store:
        mask = pixels(tree / "masks" / f"{name_of('A1', 0)}.png")
        expected = np.where(mask == 0, IGNORED, np.isin(mask, [1, 19, 20]))
        np.testing.assert_array_equal(store.read_label(0, 0), expected)


@pytest.mark.parametrize(
    ("sentence", "part", "array"),
    [
        ("the label has the value 22", "masks", np.full((20, 33), 22, np.uint8)),
        ("differ in size: 33x20 and 33x19 pixels", "masks", np.ones((19, 33), np.uint8)),
        ("has 3 channels; a mask must have 1", "masks", np.ones((20, 33, 3), np.uint8)),
        ("is no colour image: it has 1 channels, not 3", "rgbs_colorNormalized", np.ones((20, 33), np.uint8)),
        ("no foreground voxel", "masks", np.zeros((20, 33), np.uint8)),
    ],
)
def test_an_image_that_cannot_be_used_is_refused_with_its_file(tree, convert, sentence, part, array):
    write(tree / part / f"{name_of('A1', 0)}.png", array)
    with pytest.raises(AlsegError) as caught:
        convert("bcss", tree)
    assert sentence in caught.value.message
    assert f"{name_of('A1', 0)}.png" in caught.value.message


def test_a_folder_that_is_not_bcss_is_refused(tree, convert, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(AlsegError, match="is not BCSS"):
        convert("bcss", tmp_path / "empty")
    mask = tree / "masks" / f"{name_of('A1', 0)}.png"
    mask.rename(mask.with_suffix(".gone"))
    with pytest.raises(AlsegError, match=r"has no mask: .* is missing"):
        convert("bcss", tree)
    mask.with_suffix(".gone").rename(mask)
    write(tree / "rgbs_colorNormalized" / "slide.png", np.ones((5, 5, 3), np.uint8))
    with pytest.raises(AlsegError, match=r"slide\.png: the name tells no institute"):
        convert("bcss", tree)
