"""Distances between the surfaces of two regions, in millimetres.

The surface of a region is its voxels with a face neighbour outside of it; outside the scan counts as outside the
region. The distance of a surface voxel is that of its centre to the nearest centre of the other surface.
"""

from dataclasses import dataclass
from functools import lru_cache

import edt
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Spacing = tuple[float, float, float]


@dataclass(frozen=True)
class SurfaceDistances:
    """Distances between two surfaces, one entry per surface voxel.

    Args:
        from_prediction: of each voxel of the predicted surface to the true one; infinite where that is empty.
        from_truth: of each voxel of the true surface to the predicted one; infinite where that is empty.
    """

    from_prediction: NDArray[np.float32]
    from_truth: NDArray[np.float32]


class _Scan:
    """Masks of one scan by value, cropped to what is in them, as a key to what was computed from them."""

    def __init__(self, prediction: Mask, truth: Mask, spacing: Spacing) -> None:
        box = (slice(None), *bounding_box((prediction | truth).any(axis=0)))
        self.prediction, self.truth = prediction[box].copy(), truth[box].copy()
        self.spacing = spacing

    def __hash__(self) -> int:
        return hash((self.prediction.shape, self.spacing))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, _Scan)
            and self.spacing == other.spacing
            and np.array_equal(self.prediction, other.prediction)
            and np.array_equal(self.truth, other.truth)
        )


def surface_distances(prediction: Mask, truth: Mask, spacing: Spacing) -> tuple[SurfaceDistances, ...]:
    """Measure the distances of every class of a scan.

    The answer for the last scan is kept, since all metrics of a scan ask for it one after the other.

    Args:
        prediction: (classes, slices, height, width).
        truth: the same shape.
        spacing: millimetres along (slices, rows, columns).

    Returns:
        One entry per class.
    """
    return _measure_scan(_Scan(prediction, truth, spacing))


def bounding_box(mask: Mask) -> tuple[slice, ...]:
    """The smallest box that holds every voxel of ``mask``; empty slices where there is none."""
    box = []
    for axis in range(mask.ndim):
        filled = np.flatnonzero(mask.any(axis=tuple(other for other in range(mask.ndim) if other != axis)))
        box.append(slice(filled[0], filled[-1] + 1) if len(filled) else slice(0, 0))
    return tuple(box)


def surface_of(mask: Mask) -> Mask:
    """The voxels of ``mask`` (any dimensions) with a face neighbour outside of it or of the array."""
    inside = mask.copy()
    for axis in range(mask.ndim):
        along, kept = np.moveaxis(mask, axis, 0), np.moveaxis(inside, axis, 0)
        kept[:1], kept[-1:] = False, False
        kept[1:-1] &= along[:-2] & along[2:]
    return mask & ~inside


@lru_cache(maxsize=1)
def _measure_scan(scan: _Scan) -> tuple[SurfaceDistances, ...]:
    return tuple(
        _measure_class(prediction, truth, scan.spacing)
        for prediction, truth in zip(scan.prediction, scan.truth, strict=True)
    )


def _measure_class(prediction: Mask, truth: Mask, spacing: Spacing) -> SurfaceDistances:
    box = bounding_box(prediction | truth)
    predicted, true = surface_of(prediction[box]), surface_of(truth[box])
    return SurfaceDistances(_distances(predicted, true, spacing), _distances(true, predicted, spacing))


def _distances(start: Mask, end: Mask, spacing: Spacing) -> NDArray[np.float32]:
    if not end.any() or not start.any():
        return np.full(np.count_nonzero(start), np.inf, np.float32)
    distances: NDArray[np.float32] = edt.edt(~end, anisotropy=spacing, black_border=False, parallel=1)[start]
    return distances
