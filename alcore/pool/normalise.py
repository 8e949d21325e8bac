"""Intensity normalisation: every method is a clip and an affine map per scan and channel."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alcore.pool.options import PoolOptions

Statistics = Mapping[str, NDArray[np.float64]]


@dataclass(frozen=True)
class IntensityMap:
    """``(clip(x, low, high) - offset) * scale``; each array (scans, channels) float32."""

    low: NDArray[np.float32]
    high: NDArray[np.float32]
    offset: NDArray[np.float32]
    scale: NDArray[np.float32]

    def apply(self, image: NDArray[np.generic], scan: int) -> NDArray[np.float32]:
        """Normalise ``image`` of shape (..., channels, height, width) of that scan; returns float32."""
        mapped = image.astype(np.float32)
        np.clip(mapped, self.low[scan, :, None, None], self.high[scan, :, None, None], out=mapped)
        mapped -= self.offset[scan, :, None, None]
        mapped *= self.scale[scan, :, None, None]
        return mapped


def intensity_map(statistics: Statistics, options: PoolOptions) -> IntensityMap:
    """Build the map of ``options.normalisation`` from a store's per-scan statistics.

    A scan without contrast (a range or deviation of zero) is only shifted, not scaled.

    Args:
        statistics: arrays (scans, channels) by name, as the slice store holds them.
        options: the method and its parameters.
    """
    minimum, maximum = statistics["min"], statistics["max"]
    low, high = np.full_like(minimum, -np.inf), np.full_like(minimum, np.inf)
    match options.normalisation:
        case "less-is-more":
            # Divided by its maximum, less the mean of its positive voxels, divided by minus its minimum: the
            # maximum cancels out.
            offset = np.nan_to_num(statistics["mean_positive"])
            spread = offset - minimum
        case "z-score":
            offset, spread = statistics["mean"], statistics["std"]
        case "z-score-nonzero":
            offset, spread = np.nan_to_num(statistics["mean_nonzero"]), np.nan_to_num(statistics["std_nonzero"])
        case "percentile":
            low, high = statistics["percentile_0.5"], statistics["percentile_99.5"]
            offset, spread = low, high - low
        case "window":
            low, high = np.full_like(minimum, options.window[0]), np.full_like(minimum, options.window[1])
            offset, spread = low, high - low
        case "min-max":
            offset, spread = minimum, maximum - minimum
        case "none":
            offset, spread = np.zeros_like(minimum), np.ones_like(minimum)
    scale = np.divide(1.0, spread, out=np.ones_like(spread), where=spread > 0)
    return IntensityMap(*(part.astype(np.float32) for part in (low, high, offset, scale)))
