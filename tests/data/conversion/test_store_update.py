"""``alseg data convert --update`` reads only what is new, and ends where a fresh conversion ends."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from alcore import AlsegError, DatasetListing, Options, Scan, ScanSource
from alcore.conversion.convert import Conversion, convert
from alcore.conversion.recipe import recipe_of
from alcore.store.verify import verify


@pytest.fixture
def lab(toy, tmp_path):
    """The toy dataset read from files, one number each; ``read`` tells which were read."""
    source = tmp_path / "source"
    source.mkdir()
    toy.read, toy.detail, toy.splits = [], "as ever", {}

    def list_scans(self, folder):
        scans = [
            ScanSource(path.stem, (path,), toy.splits.get(path.stem, "train"), (path, toy.detail))
            for path in sorted(folder.iterdir())
        ]
        return DatasetListing(("background", "organ"), ("CT",), scans)

    def read_scan(self, scan):
        toy.read.append(scan.id)
        number = int(scan.files[0].read_text())
        image = np.random.default_rng(number).integers(0, 9, (3, 1, 5, 4)).astype(np.int16)
        return Scan(image, (image[:, 0] > 4).astype(np.uint8) * (number != 0), warnings=(f"number {number}",))

    toy.list_scans, toy.read_scan = list_scans, read_scan
    toy.component = dataclasses.replace(toy.component, spec=dataclasses.replace(toy.component.spec, needs_source=True))
    toy.source, toy.target = source, tmp_path / "lab.h5"
    for number in range(1, 5):
        (source / f"scan {number}.txt").write_text(str(number))
    return toy


def run(lab, target=None, **conversion):
    lab.read.clear()
    return convert(lab.component, Options(), lab.source, target or lab.target, Conversion(**conversion))


def as_fresh(lab, converted, **conversion):
    fresh = run(lab, lab.target.with_name("fresh.h5"), overwrite=True, **conversion)
    assert converted.info == fresh.info
    assert verify(lab.target) == verify(lab.target.with_name("fresh.h5"))
    return True


def test_added_changed_and_removed_scans_give_what_a_fresh_conversion_gives(lab):
    run(lab)
    (lab.source / "scan 0.txt").write_text("17")
    (lab.source / "scan 2.txt").write_text("18")
    (lab.source / "scan 4.txt").unlink()
    converted = run(lab, update=True)
    assert lab.read == ["scan 0", "scan 2"]
    assert converted.reused == 2
    assert as_fresh(lab, converted)


def test_nothing_is_read_where_nothing_changed_and_splits_may_change(lab):
    run(lab)
    lab.splits = {"scan 2": "validation"}
    converted = run(lab, update=True, test_fraction=0.3)
    assert (lab.read, converted.reused) == ([], 4)
    assert as_fresh(lab, converted, test_fraction=0.3)


def test_files_may_move_to_another_folder(lab):
    run(lab)
    lab.source = lab.source.rename(lab.source.with_name("elsewhere"))
    assert run(lab, update=True).reused == 4


def test_a_file_that_became_ten_terabytes_of_nothing_is_left_to_its_reader(lab):
    run(lab)
    with (lab.source / "scan 2.txt").open("r+b") as file:
        file.truncate(10**13)
    lab.read_scan = lambda self, scan: (_ for _ in ()).throw(AlsegError(f"{scan.id} is too large"))
    with pytest.raises(AlsegError, match="scan 2 is too large"):
        run(lab, update=True)


@pytest.mark.parametrize("change", ["detail", "version", "names"])
def test_scans_that_would_be_read_in_another_way_are_read_again(lab, change):
    run(lab)
    if change == "detail":
        lab.detail = "label value 7 is the organ"
    elif change == "version":
        found = dataclasses.replace(lab.component.found, version="1.3")
        lab.component = dataclasses.replace(lab.component, found=found)
    else:
        listed = lab.list_scans
        lab.list_scans = lambda self, folder: dataclasses.replace(
            listed(self, folder), class_names=("background", "tumour")
        )
    converted = run(lab, update=True)
    assert converted.reused == 0
    assert as_fresh(lab, converted)


def test_a_scan_without_foreground_is_refused_although_it_was_converted_before(lab):
    (lab.source / "scan 1.txt").write_text("0")
    run(lab, allow_empty=True)
    with pytest.raises(AlsegError, match="no foreground voxel"):
        run(lab, update=True)
    assert run(lab, update=True, allow_empty=True).reused == 4


def test_a_store_of_another_dataset_or_a_damaged_one_is_left_alone(lab, convert_toy):
    run(lab, name="other")
    before = lab.target.read_bytes()
    with pytest.raises(AlsegError, match="holds the dataset 'other', not 'toy'") as caught:
        run(lab, update=True)
    assert "--force" in caught.value.hint
    lab.target.write_bytes(before[:-500])
    with pytest.raises(AlsegError, match="damaged"):
        run(lab, update=True)
    assert lab.target.read_bytes() == before[:-500]


def test_without_an_earlier_store_everything_is_read(lab):
    assert run(lab, update=True).reused == 0
    assert len(lab.read) == 4


def test_a_recipe_does_not_depend_on_the_order_of_sets_or_keys_or_on_folders(toy):
    listing = DatasetListing(("a", "b"), ("c",), ())

    def recipe(detail):
        return recipe_of(toy.component, Options(), listing, ScanSource("x", (), "train", detail))

    assert recipe({"a": {1, 2}, "b": Path("/here/x")}) == recipe({"b": Path("/there/x"), "a": {2, 1}})
    different = [None, 1, 1.5, "1", (1, 2), [2, 1], {1: 2}, {2: 1}, Path("1x"), np.arange(2), np.arange(3)]
    assert len({recipe(detail) for detail in different}) == len(different)
