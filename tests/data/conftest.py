import dataclasses
import signal
import sys
from types import SimpleNamespace
from typing import ClassVar

import numpy as np
import pytest

from alcore import DatasetListing, DatasetSpec, Options, Scan, ScanSource
from alcore.conversion.convert import Conversion, convert
from alcore.registry import Component, Found


class Toy:
    """Three to five scans of random voxels; tests replace single scans by broken ones."""

    scans: ClassVar = {}
    listing = DatasetListing(("background", "organ", "tumour"), ("CT", "PET"), ())

    def __init__(self, options):
        self.options = options

    def list_scans(self, source):
        sources = [
            ScanSource(name, (), "validation" if number % 5 == 0 else "train") for number, name in enumerate(self.scans)
        ]
        return dataclasses.replace(self.listing, scans=sources)

    def read_scan(self, scan):
        found = self.scans[scan.id]
        if isinstance(found, KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        if isinstance(found, BaseException):
            raise found
        return found


def random_scan(seed, slices=4, height=5, width=6, dtype=np.int16):
    rng = np.random.default_rng(seed)
    image = rng.integers(-50, 200, (slices, 2, height, width)).astype(dtype)
    label = rng.integers(0, 3, (slices, height, width)).astype(np.uint8)
    return Scan(image, label, spacing=(3.0, 1.5, 1.25), origin=(1.0, -2.0, 3.0), direction=tuple(np.eye(3).ravel()))


@pytest.fixture
def toy(monkeypatch):
    """A dataset class whose ``scans`` a test may change, with its component."""
    dataset = type(
        "Toy", (Toy,), {"scans": {f"scan {n} ü": random_scan(n, slices=3 + n, height=5 + n) for n in range(6)}}
    )
    monkeypatch.setitem(sys.modules, "toy_dataset", SimpleNamespace(Toy=dataset))
    spec = DatasetSpec(
        name="toy", summary="Random voxels.", target="toy_dataset:Toy", options=Options, needs_source=False
    )
    dataset.component = Component(spec, Found("toy", "toy.plugin", "alseg-toy", "1.2"))
    return dataset


@pytest.fixture
def convert_toy(toy, tmp_path):
    """Convert the toy dataset and return the path of its store."""

    def run(target=None, **conversion):
        target = target or tmp_path / "stores" / "toy.h5"
        convert(toy.component, Options(), None, target, Conversion(**conversion))
        return target

    return run
