"""Turn a label map whose axes run in another order or direction than its image's."""

from dataclasses import replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from alseg_datasets.volume import Volume

_TOLERANCE = 0.05
"""Voxels; grids whose corners lie no further apart are one grid."""


def turn_onto(label: Volume, image: Volume) -> NDArray[np.float64] | None:
    """The turn by which a label's voxels come to lie where the image's do; None if there is none.

    Returns:
        (3, 3), one 1 or -1 in each row and column: along which axis (x, y, z) of the label, and in which direction,
        each axis of the image runs.
    """
    shape, wanted = label.voxels.shape[:0:-1], image.voxels.shape[:0:-1]
    between = np.linalg.inv(image.affine) @ label.affine  # voxel numbers of the label -> those of the image
    turn: NDArray[np.float64] = np.rint(between[:3, :3])
    if not (np.abs(turn).sum(axis=0) == 1).all() or not (np.abs(turn).sum(axis=1) == 1).all():
        return None
    if tuple(np.abs(turn) @ shape) != wanted:
        return None
    exact = np.eye(4)
    exact[:3, :3], exact[:3, 3] = turn, np.where(turn.sum(axis=1) < 0, np.array(wanted) - 1, 0)
    corners = np.array([(*corner, 1) for corner in product(*((0, length - 1) for length in shape))])
    return turn if np.abs(corners @ (between - exact).T).max() <= _TOLERANCE else None


def turned(label: Volume, turn: NDArray[np.float64]) -> Volume:
    """The label with its axes turned, see :func:`turn_onto`; every voxel stays where it lies."""
    axes, signs = np.abs(turn).argmax(axis=1), turn.sum(axis=1)
    voxels = label.voxels.transpose(0, *(3 - axes[::-1]))
    flips = tuple(slice(None, None, -1 if sign < 0 else 1) for sign in signs[::-1])
    lengths = np.array(label.voxels.shape[:0:-1])
    first = np.where(signs[np.argsort(axes)] < 0, lengths - 1, 0)  # the label's voxel that becomes the first
    x, y, z = (label.affine @ (*first, 1.0))[:3].tolist()
    across, back, up = (np.array(label.spacing)[axes]).tolist()
    return replace(
        label,
        voxels=voxels[:, *flips],
        spacing=(across, back, up),
        origin=(x, y, z),
        direction=label.direction[:, axes] * signs,
    )
