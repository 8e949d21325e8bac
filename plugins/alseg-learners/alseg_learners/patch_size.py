"""The size of patches that suits a dataset. Light: a configuration is completed by it."""

import numpy as np
from numpy.typing import NDArray

from alseg_learners.options import VolumesOptions

PatchSize = tuple[int, int, int]
"""Voxels along (slices, rows, columns)."""

MOST_VOXELS = 2**20
MULTIPLE = 8
"""What three halvings of a network divide evenly."""


def with_patch_size(options: VolumesOptions, scan_sizes: NDArray[np.integer]) -> VolumesOptions:
    """The options with a patch size: their own, or the one that suits scans of ``scan_sizes``."""
    if options.patch_size is not None:
        return options
    return options.model_copy(update={"patch_size": patch_size_of(scan_sizes)})


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
