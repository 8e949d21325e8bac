"""Scans of one patient are on one side of every split."""

import dataclasses
import hashlib

import pytest

from alcore import AlsegError, ScanSource, SliceStore
from alcore.conversion.splits import draw_test_scans
from alcore.store.describe import describe_store


def visits(patients=10, split="train"):
    return [
        ScanSource(f"P{patient:02d}_v{visit}", (), split, group=f"P{patient:02d}")
        for patient in range(patients)
        for visit in range(1 + patient % 3)
    ]


def splits_of(scans):
    found = {}
    for scan in scans:
        found.setdefault(scan.group, set()).add(scan.split)
    return found


@pytest.mark.parametrize("fraction", [0.05, 0.2, 0.5, 0.99])
def test_all_scans_of_a_patient_are_set_aside_together(fraction):
    drawn = splits_of(draw_test_scans(visits(), fraction))
    assert all(len(splits) == 1 for splits in drawn.values())
    assert sum(splits == {"test"} for splits in drawn.values()) == min(max(round(fraction * 10), 1), 9)


def test_scans_that_are_groups_of_their_own_are_drawn_by_the_hash_of_their_ids():
    scans = [ScanSource(f"scan {number}", (), "train") for number in range(9)]
    ranked = sorted((scan.id for scan in scans), key=lambda name: hashlib.sha256(name.encode()).digest())
    drawn = [scan.id for scan in draw_test_scans(scans, 0.3) if scan.split == "test"]
    assert sorted(drawn) == sorted(ranked[:3])


def test_validation_scans_are_never_set_aside():
    scans = [*visits(4), *(dataclasses.replace(scan, group="V") for scan in visits(2, "validation"))]
    drawn = draw_test_scans([dataclasses.replace(scan, id=f"{scan.split} {scan.id}") for scan in scans], 0.5)
    assert [scan.split for scan in drawn if scan.group == "V"] == ["validation"] * 3


def test_a_single_patient_cannot_be_parted():
    with pytest.raises(AlsegError, match="not all of one patient"):
        draw_test_scans([ScanSource("a", (), "train", group="P"), ScanSource("b", (), "train", group="P")], 0.5)


@pytest.fixture
def grouped(toy, monkeypatch):
    """The toy dataset; ``grouped(patients)`` says whose each of its six scans is."""
    plain = toy.list_scans

    def apply(patients):
        def list_scans(self, source):
            listing = plain(self, source)
            scans = [dataclasses.replace(s, group=p) for s, p in zip(listing.scans, patients, strict=True)]
            return dataclasses.replace(listing, scans=scans)

        monkeypatch.setattr(toy, "list_scans", list_scans)

    return apply


def test_the_store_keeps_the_group_of_each_scan(toy, grouped, convert_toy):
    grouped(["A", "B", "B", "", "C", "A"])  # scans 0 and 5 validate
    path = convert_toy()
    with SliceStore.open(path) as store:
        assert store.scans.groups == ("A", "B", "B", "", "C", "A")
    names = list(toy.scans)
    described = describe_store(path)
    assert described.groups == {
        "train": {"B": [names[1], names[2]], "C": [names[4]]},
        "validation": {"A": [names[0], names[5]]},
        "test": {},
    }


def test_an_update_takes_new_groups_over(grouped, convert_toy):
    grouped(["A", "B", "B", "", "C", "A"])
    convert_toy()
    grouped(["A", "B", "C", "", "C", "A"])
    with SliceStore.open(convert_toy(update=True)) as store:
        assert store.scans.groups == ("A", "B", "C", "", "C", "A")


def test_a_split_that_tears_a_group_apart_is_refused(toy, grouped, convert_toy):
    grouped(["A", "B", "B", "", "C", "C"])
    names = list(toy.scans)
    with pytest.raises(AlsegError) as caught:
        convert_toy()
    assert caught.value.message == (
        f"the dataset 'toy' has scans of 'C' in several splits: {names[4]!r} is in train, {names[5]!r} is in validation"
    )


@pytest.mark.parametrize("group", ["a\nb", "\udcfe", 7, None])
def test_a_group_that_cannot_be_stored_is_refused(grouped, convert_toy, group):
    grouped(["A", group, "B", "", "C", "A"])
    with pytest.raises(AlsegError, match="which cannot be stored"):
        convert_toy()
