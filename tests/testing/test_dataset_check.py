"""The dataset check passes a sound dataset and catches each kind of broken one."""

import random
import sys
import threading
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from alcore import DatasetListing, DatasetSpec, Scan, ScanSource
from alcore.testing import ConformanceError, check_dataset


class Sound:
    def __init__(self, options):
        self.options = options

    def list_scans(self, source):
        scans = [ScanSource(f"s{n}", (), "train" if n else "validation", detail=n) for n in range(4)]
        return DatasetListing(("background", "organ"), ("CT",), scans)

    def read_scan(self, scan):
        rng = np.random.default_rng(scan.detail)
        label = rng.integers(0, 2, (3, 4, 5)).astype(np.uint8)
        return Scan(rng.integers(0, 9, (3, 1, 4, 5)).astype(np.int16), label)


class OtherOrder(Sound):
    def list_scans(self, source):
        listing = super().list_scans(source)
        random.shuffle(listing.scans)
        return listing


class SameIds(Sound):
    def list_scans(self, source):
        listing = super().list_scans(source)
        listing.scans.append(listing.scans[1])
        return listing


class TornPatient(Sound):
    def list_scans(self, source):
        listing = super().list_scans(source)
        return replace(listing, scans=[replace(scan, group="P1") for scan in listing.scans])


class OtherPatients(Sound):
    def list_scans(self, source):
        listing = super().list_scans(source)
        return replace(listing, scans=[replace(scan, group=str(random.random())) for scan in listing.scans])


class Unpicklable(Sound):
    def __init__(self, options):
        self.lock = threading.Lock()


class Unseeded(Sound):
    def read_scan(self, scan):
        return Scan(np.random.default_rng().random((3, 1, 4, 5)), np.ones((3, 4, 5), np.uint8))


class ChannelsLast(Sound):
    def read_scan(self, scan):
        read = super().read_scan(scan)
        return Scan(read.image.transpose(0, 2, 3, 1), read.label)


class Unlistable(Sound):
    def list_scans(self, source):
        return [1, 2]


def check(kind, monkeypatch):
    monkeypatch.setitem(sys.modules, "checked_dataset", SimpleNamespace(Kind=kind))
    monkeypatch.setattr(sys.modules[__name__], kind.__name__, kind, raising=False)
    monkeypatch.setitem(sys.modules, kind.__module__, sys.modules[__name__])  # pickle looks the class up there
    check_dataset(DatasetSpec(name="toy", summary="Toy.", target="checked_dataset:Kind", needs_source=False))


def test_a_sound_dataset_passes(monkeypatch):
    check(Sound, monkeypatch)


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        (OtherOrder, "the listing is the same each time"),
        (SameIds, "the listing can be converted"),
        (TornPatient, "the listing can be converted"),
        (OtherPatients, "the listing is the same each time"),
        (Unpicklable, "travel to worker processes"),
        (Unseeded, "is read the same twice"),
        (ChannelsLast, "can be stored"),
        (Unlistable, "lists its scans"),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_a_broken_dataset_is_caught(kind, sentence, monkeypatch):
    random.seed(1)
    with pytest.raises(ConformanceError) as caught:
        check(kind, monkeypatch)
    assert sentence in str(caught.value)
