import numpy as np
import pytest
import torch

from alcore.contracts import IGNORED
from alcore.pool.data import SplitData
from alcore.pool.slices import ResidentSlices
from alcore.pool.table import SliceTable

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def _one_thread():
    torch.set_num_threads(1)


class Arrays:
    """Slices from one array per scan, (slices, ..., height, width), in place of a store."""

    def __init__(self, table, scans, padding):
        self.table, self.scans, self.padding = table, scans, padding
        self.leading_shape, self.dtype = scans[0].shape[1:-2], scans[0].dtype

    def read_scan(self, scan):
        return self.scans[scan]

    def read_slice(self, row):
        return self.scans[self.table.scan[row]][self.table.position[row]]


@pytest.fixture
def volumes_of():
    """A split of given images (slices, channels, h, w) and labels (slices, [classes,] h, w), one array per scan."""

    def make(images, labels, slices=ResidentSlices):
        counts = [len(image) for image in images]
        scan = np.repeat(np.arange(len(images), dtype=np.int32), counts)
        table = SliceTable(
            scan_ids=tuple(f"scan{k}" for k in range(len(images))),
            store_scan=np.arange(len(images)),
            scan=scan,
            position=np.concatenate([np.arange(count, dtype=np.int32) for count in counts]),
            height=np.array([image.shape[-2] for image in images], np.int32)[scan],
            width=np.array([image.shape[-1] for image in images], np.int32)[scan],
            spacing=np.tile([3.0, 1.5, 1.0], (len(images), 1)),
        )
        return SplitData(table, slices(Arrays(table, images, 0), CPU), slices(Arrays(table, labels, IGNORED), CPU))

    return make
