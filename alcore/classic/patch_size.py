"""The size of patches that suits a dataset."""

import numpy as np
from numpy.typing import NDArray

from alcore.store.reader import SliceStore

PatchSize = tuple[int, int, int]
"""Voxels along (slices, rows, columns)."""

MOST_VOXELS = 2**20
MULTIPLE = 8
"""What three halvings of a network divide evenly."""


def choose_patch_size(store: SliceStore) -> PatchSize:
    """The patch size for a store's training scans; see :func:`patch_size_of`."""
    scans, train = store.scans, store.scans.indices("train")
    return patch_size_of(np.stack([scans.n_slices[train], scans.height[train], scans.width[train]], axis=1))


def patch_size_of(sizes: NDArray[np.integer]) -> PatchSize:
    """The median size of scans, rounded up to a multiple of 8; scaled down where it exceeds 2**20 voxels.

    As nnU-Net does, a patch is as large as the data and memory allow and has the shape of the median scan (Isensee et
    al. 2021, supplementary note 2). The limit is fixed, so that the same data get the same patches on every machine.

    Args:
        sizes: (scans, 3) slices, rows and columns.
    """
    median = np.median(sizes, axis=0)
    scale = (MOST_VOXELS / median.prod()) ** (1 / 3)
    steps = np.ceil(median / MULTIPLE) if scale >= 1 else np.floor(median * scale / MULTIPLE)
    depth, height, width = (np.maximum(steps, 1) * MULTIPLE).astype(int).tolist()
    return depth, height, width
