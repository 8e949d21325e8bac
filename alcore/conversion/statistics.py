"""Intensity statistics of an image and voxel counts of a label, each from one pass over value counts."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.store import format
from alcore.store.consistency import foreign_value

_MAX_BINS = 1 << 17
_VOXELS_AT_ONCE = 1 << 15
"""Widened to 8 bytes, these stay in a processor's inner cache while they are counted."""


def intensity_statistics(image: NDArray[Any]) -> dict[str, NDArray[np.float64]]:
    """Compute ``STATISTIC_NAMES`` over all voxels of an image of shape (slices, channels, height, width).

    Returns:
        name -> (channels,). Percentiles interpolate linearly, as ``numpy.percentile`` does.
    """
    channels = [_channel_statistics(*_value_counts(image[:, channel])) for channel in range(image.shape[1])]
    return {name: np.array([channel[name] for channel in channels]) for name in format.STATISTIC_NAMES}


@dataclass(frozen=True)
class LabelCounts:
    """What a label contains.

    Args:
        voxels: (classes,) voxels of each class.
        foreground_slices: slices with at least one foreground voxel.
        foreign: a value that is neither a class nor ignored, if there is one.
    """

    voxels: NDArray[np.int64]
    foreground_slices: int
    foreign: int | None


def count_labels(label: NDArray[np.uint8], n_classes: int) -> LabelCounts:
    """Count the voxels of a label: (slices, height, width), or (slices, classes, height, width) for multi-label."""
    if label.ndim == 4:
        known: tuple[int, ...] = (0, 1)
        voxels = np.array([[np.count_nonzero(plane == 1) for plane in planes] for planes in label])
        foreground = voxels.sum(axis=1)
    else:
        known = tuple(range(n_classes))
        voxels = np.array([[np.count_nonzero(plane == value) for value in known] for plane in label])
        foreground = voxels[:, 1:].sum(axis=1)
    return LabelCounts(voxels.sum(axis=0), int(np.count_nonzero(foreground)), foreign_value(label, known[-1]))


def _value_counts(channel: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The distinct values, ascending, and how often each occurs."""
    if channel.dtype.kind in "iu":
        low, high = int(channel.min()), int(channel.max())
        if high - low < _MAX_BINS:  # counting is several times faster than sorting
            counts = np.zeros(high - low + 1, np.int64)
            at_once = max(_VOXELS_AT_ONCE, 4 * len(counts))
            for plane in channel:
                voxels = plane.ravel()
                for start in range(0, voxels.size, at_once):
                    above_low = np.subtract(voxels[start : start + at_once], low, dtype=np.int64)
                    counts += np.bincount(above_low, minlength=len(counts))
            present = np.flatnonzero(counts)
            return (present + low).astype(np.float64), counts[present]
    values, counts = np.unique(channel, return_counts=True)
    return values.astype(np.float64), counts


def _channel_statistics(values: NDArray[np.float64], counts: NDArray[np.int64]) -> dict[str, float]:
    mean, std = _moments(values, counts)
    mean_nonzero, std_nonzero = _moments(values[values != 0], counts[values != 0])
    statistics = {
        "min": float(values[0]),
        "max": float(values[-1]),
        "mean": mean,
        "std": std,
        "mean_positive": _moments(values[values > 0], counts[values > 0])[0],
        "mean_nonzero": mean_nonzero,
        "std_nonzero": std_nonzero,
    }
    rank_after = np.cumsum(counts)
    for percentile in format.PERCENTILES:
        rank = percentile / 100 * (rank_after[-1] - 1)
        below, above = values[np.searchsorted(rank_after, [np.floor(rank), np.ceil(rank)], side="right")]
        statistics[format.percentile_name(percentile)] = float(below + (above - below) * (rank - np.floor(rank)))
    return statistics


def _moments(values: NDArray[np.float64], counts: NDArray[np.int64]) -> tuple[float, float]:
    """Mean and population standard deviation; NaN where there is no value."""
    total = counts.sum()
    if total == 0:
        return float("nan"), float("nan")
    mean = float(values @ counts / total)
    return mean, float(np.sqrt((values - mean) ** 2 @ counts / total))
