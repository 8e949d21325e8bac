import dataclasses
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from alcore import DatasetListing, DatasetSpec, Options, Scan, ScanSource
from alcore.conversion.convert import Conversion, convert
from alcore.pool.table import SliceTable
from alcore.registry import Component, Found
from alcore.store.reader import SliceStore

SIZES = ((5, 6), (7, 4), (5, 6), (4, 9))
"""Height and width of the toy scans; the second one validates."""


class Toy:
    """Four scans of random voxels in two channels, of several sizes and lengths."""

    listing = DatasetListing(("background", "organ", "tumour"), ("CT", "PET"), ())

    def __init__(self, options):
        self.options = options

    def list_scans(self, source):
        scans = [ScanSource(f"scan{k}", (), "validation" if k == 1 else "train", detail=k) for k in range(len(SIZES))]
        return dataclasses.replace(self.listing, scans=scans)

    def read_scan(self, scan):
        rng = np.random.default_rng(scan.detail)
        shape = (2 + scan.detail, *SIZES[scan.detail])
        image = rng.integers(-50, 200, (shape[0], 2, *shape[1:])).astype(np.int16)
        return Scan(image, rng.integers(0, 3, shape).astype(np.uint8), spacing=(3.0, 1.5, 1.25))


@pytest.fixture(scope="session")
def toy_store(tmp_path_factory):
    """The toy scans in a slice store."""
    target = tmp_path_factory.mktemp("stores") / "toy-pool.h5"
    spec = DatasetSpec(name="toy-pool", summary="Random voxels.", target="toy_pool_dataset:Toy", needs_source=False)
    sys.modules["toy_pool_dataset"] = SimpleNamespace(Toy=Toy)
    try:
        convert(Component(spec, Found("toy", "toy.plugin", "alseg-toy", "1")), Options(), None, target, Conversion())
    finally:
        del sys.modules["toy_pool_dataset"]
    with SliceStore.open(target) as store:
        yield store


@pytest.fixture(scope="session")
def toy_table(toy_store):
    """The training slices of the toy scans."""
    return SliceTable.of(toy_store, toy_store.scans.indices("train"))
