import numpy as np
import pytest
from alseg_npz.npz import Npz
from alseg_npz.plugin import NpzOptions, register_datasets

from alcore import AlsegError
from alcore.testing import check_dataset


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(0)
    for number in range(3):
        label = rng.integers(0, 2, (4, 6, 5))
        np.savez(tmp_path / f"scan{number}.npz", image=label * 9 + rng.integers(0, 3, label.shape), label=label)
    (tmp_path / "classes.txt").write_text("background\norgan\n")
    return tmp_path


def test_npz_keeps_the_contract(folder):
    (spec,) = register_datasets()
    check_dataset(spec, folder)


def test_the_arrays_come_back_as_they_were_saved(folder):
    dataset = Npz(NpzOptions(slice_thickness=2.5))
    scan = dataset.read_scan(dataset.list_scans(folder).scans[0])
    with np.load(folder / "scan0.npz") as saved:
        assert np.array_equal(scan.image[:, 0], saved["image"])
        assert np.array_equal(scan.label, saved["label"])
    assert scan.spacing == (2.5, 1.0, 1.0)


def test_a_damaged_file_is_named(folder):
    (folder / "scan1.npz").write_bytes(b"no archive")
    dataset = Npz(NpzOptions())
    with pytest.raises(AlsegError, match=r"scan1\.npz is no scan"):
        dataset.read_scan(dataset.list_scans(folder).scans[1])
