"""What was converted is what is read."""

import h5py
import numpy as np
import pytest

from alcore import DatasetSpec
from alcore.store.reader import SliceStore
from alcore.store.verify import verify


def test_every_slice_reads_back_as_it_was(toy, convert_toy):
    with SliceStore.open(convert_toy()) as store:
        assert store.scans.ids == tuple(toy.scans)
        for number, scan in enumerate(toy.scans.values()):
            np.testing.assert_array_equal(store.read_scan_image(number), scan.image)
            np.testing.assert_array_equal(store.read_scan_label(number), scan.label)
            for position in range(len(scan.image)):
                np.testing.assert_array_equal(store.read_image(number, position), scan.image[position])
                np.testing.assert_array_equal(store.read_label(number, position), scan.label[position])
            assert store.read_image(number, 0).dtype == scan.image.dtype


def test_the_index_describes_each_scan(toy, convert_toy):
    with SliceStore.open(convert_toy()) as store:
        table = store.scans
        for number, scan in enumerate(toy.scans.values()):
            n_slices, _, height, width = scan.image.shape
            assert (table.n_slices[number], table.height[number], table.width[number]) == (n_slices, height, width)
            assert tuple(table.spacing[number]) == scan.spacing
            voxels = [int((scan.label == value).sum()) for value in range(3)]
            assert table.class_voxels[number].tolist() == voxels
            geometry = store.geometry(number)
            assert (geometry.spacing, geometry.origin, geometry.direction, geometry.slice_axis) == (
                scan.spacing,
                scan.origin,
                scan.direction,
                2,
            )
        assert table.indices("validation").tolist() == [0, 5]
        assert table.indices("train").tolist() == [1, 2, 3, 4]


def test_the_store_says_what_it_is(convert_toy):
    with SliceStore.open(convert_toy()) as store:
        info = store.info
    assert (info.dataset, info.distribution, info.version) == ("toy", "alseg-toy", "1.2")
    assert info.class_names == ("background", "organ", "tumour")
    assert info.label_space.foreground_names == ("organ", "tumour")
    assert info.label_space.foreground == (1, 2)


def test_h5py_alone_can_read_a_store(toy, convert_toy):
    name, scan = next(iter(toy.scans.items()))
    with h5py.File(convert_toy()) as file:
        assert file.attrs["format"] == b"alseg slice store"
        image = file["scans"][name]["image"]
        assert image.chunks == (1, *scan.image.shape[1:])
        assert image.fletcher32
        np.testing.assert_array_equal(image[...], scan.image)


def test_two_conversions_agree_in_fingerprint_and_a_changed_voxel_disagrees(toy, convert_toy, tmp_path):
    first = verify(convert_toy())
    assert verify(convert_toy(tmp_path / "again.h5")).fingerprint == first.fingerprint
    next(iter(toy.scans.values())).image[0, 0, 0, 0] += 1
    assert verify(convert_toy(tmp_path / "changed.h5")).fingerprint != first.fingerprint


def test_several_threads_write_the_same_store_as_one(tmp_path):
    from alcore.conversion.convert import Conversion, convert
    from alcore.registry import Registry

    component = Registry.installed().get(DatasetSpec, "phantom")
    options = component.parse_options({"scans": 6})
    prints = {
        convert(component, options, None, tmp_path / f"{jobs}.h5", Conversion(jobs=jobs)).info.fingerprint
        for jobs in (1, 3)
    }
    assert len(prints) == 1


def test_progress_counts_every_scan(toy, tmp_path):
    from alcore import Options
    from alcore.conversion.convert import Conversion, convert

    told = []
    convert(toy.component, Options(), None, tmp_path / "a.h5", Conversion(), lambda *done: told.append(done))
    assert told == [(done, 6) for done in range(7)]


@pytest.mark.parametrize(("fraction", "expected"), [(0.01, 1), (0.5, 2), (0.99, 3)])
def test_test_scans_come_from_the_training_scans_and_depend_on_the_ids_alone(convert_toy, tmp_path, fraction, expected):
    drawn = []
    for number in range(2):
        with SliceStore.open(convert_toy(tmp_path / f"{number}.h5", test_fraction=fraction)) as store:
            assert store.scans.indices("validation").tolist() == [0, 5]
            drawn.append(store.scans.indices("test").tolist())
    assert drawn[0] == drawn[1]
    assert len(drawn[0]) == expected
