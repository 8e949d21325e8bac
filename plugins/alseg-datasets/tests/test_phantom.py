"""The phantoms: synthetic, seeded, and as described."""

import numpy as np
import pytest
from alseg_datasets.plugin import register_datasets

from alcore import SliceStore

SPECS = {spec.name: spec for spec in register_datasets() if spec.synthetic}


def test_the_phantom_is_small_varied_and_called_synthetic(convert):
    with SliceStore.open(convert("phantom")) as store:
        assert store.info.synthetic
        assert store.info.label_space.foreground_names == ("organ", "lesion")
        assert len(store.scans) == 20
        assert store.scans.n_slices.min() >= 16
        assert store.scans.n_slices.max() <= 24
        assert len({*zip(store.scans.height, store.scans.width, strict=True)}) > 10
        assert (store.scans.class_voxels > 0).all()
        assert len(store.scans.indices("validation")) == 4
        lesions = [bool((store.read_scan_label(0) == 2)[k].any()) for k in range(store.scans.n_slices[0])]
        assert not all(lesions)


@pytest.mark.parametrize(
    ("name", "scans", "channels", "classes", "spacing", "widths"),
    [
        ("phantom-heart", 20, 1, 2, (1.37, 1.25, 1.25), (320, 320)),
        ("phantom-hippocampus", 260, 1, 3, (1, 1, 1), (31, 43)),
        ("phantom-prostate", 32, 2, 3, (4, 0.6, 0.6), (256, 320)),
    ],
)
def test_stand_ins_have_the_scans_channels_classes_and_anisotropy_of_their_task(
    name, scans, channels, classes, spacing, widths
):
    dataset = SPECS[name].load()(SPECS[name].options())
    listing = dataset.list_scans(None)
    assert len(listing.scans) == scans
    assert len(listing.class_names) == classes
    scan = dataset.read_scan(listing.scans[1])
    assert scan.image.shape[1] == channels
    assert scan.spacing == spacing
    assert widths[0] <= scan.image.shape[3] <= widths[1]
    assert np.unique(scan.label).tolist() == list(range(classes))


def test_tissue_can_be_told_apart_but_not_by_intensity_alone():
    dataset = SPECS["phantom"].load()(SPECS["phantom"].options())
    scan = dataset.read_scan(dataset.list_scans(None).scans[2])
    image = scan.image[:, 0]
    means = [image[scan.label == value].mean() for value in range(3)]
    assert means[0] < means[1] < means[2]
    best = max(np.mean((image > level) == (scan.label > 0)) for level in range(0, 1500, 25))
    assert 0.8 < best < 0.999


def test_a_seed_fixes_the_phantom_and_another_changes_it(convert):
    images = []
    for seed in (0, 0, 1):
        with SliceStore.open(convert("phantom", options={"seed": seed, "scans": 5})) as store:
            images.append(store.read_scan_image(0))
    np.testing.assert_array_equal(images[0], images[1])
    assert images[0].shape != images[2].shape or (images[0] != images[2]).any()
