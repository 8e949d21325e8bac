"""What an annotator has to draw: foreground and boundary voxels of slices."""

import torch
from torch import Tensor

from alcore.labels import IGNORED


def label_effort(labels: Tensor) -> tuple[Tensor, Tensor]:
    """Count the foreground and the boundary voxels of each slice of a batch.

    A boundary voxel is a foreground voxel of which one of the four neighbours in its slice has another label; what
    lies outside the slice, or is not annotated, is no neighbour. Classes that may overlap are each drawn by itself, so
    their voxels add up.

    Args:
        labels: single-label (n, height, width) class numbers, 0 being background; multi-label (n, classes, height,
            width) 0 or 1; ``IGNORED`` where nothing is annotated.

    Returns:
        Foreground and boundary voxels, each (n,) int64.
    """
    foreground = (labels > 0) & (labels != IGNORED)
    boundary = torch.zeros_like(foreground)
    for axis in (-2, -1):
        length = labels.shape[axis] - 1
        before, after = labels.narrow(axis, 0, length), labels.narrow(axis, 1, length)
        differs = (before != after) & (before != IGNORED) & (after != IGNORED)
        boundary.narrow(axis, 0, length).logical_or_(differs)
        boundary.narrow(axis, 1, length).logical_or_(differs)
    boundary &= foreground
    return foreground.flatten(1).sum(dim=1), boundary.flatten(1).sum(dim=1)
