"""The phantom: synthetic, seeded, and as described."""

import numpy as np
from alseg_datasets.plugin import register_datasets

from alcore import SliceStore
from alcore.testing import check_dataset

SPEC = next(spec for spec in register_datasets() if spec.name == "phantom")


def test_the_phantom_keeps_the_contract():
    check_dataset(SPEC)


def test_the_phantom_is_small_varied_and_called_synthetic(convert):
    with SliceStore.open(convert("phantom")) as store:
        assert store.info.synthetic
        assert store.info.foreground_names == ("organ", "lesion")
        assert len(store.scans) == 20
        assert store.scans.n_slices.min() >= 16
        assert store.scans.n_slices.max() <= 24
        assert len({*zip(store.scans.height, store.scans.width, strict=True)}) > 10
        assert (store.scans.class_voxels > 0).all()
        assert len(store.scans.indices("validation")) == 4
        lesions = [bool((store.read_scan_label(0) == 2)[k].any()) for k in range(store.scans.n_slices[0])]
        assert not all(lesions)


def test_a_seed_fixes_the_phantom_and_another_changes_it(convert):
    images = []
    for seed in (0, 0, 1):
        with SliceStore.open(convert("phantom", options={"seed": seed, "scans": 5})) as store:
            images.append(store.read_scan_image(0))
    np.testing.assert_array_equal(images[0], images[1])
    assert images[0].shape != images[2].shape or (images[0] != images[2]).any()
