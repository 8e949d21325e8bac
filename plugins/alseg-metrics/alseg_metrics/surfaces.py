"""Metrics of the distance between the surfaces of truth and prediction.

Each is NaN where the class is in neither truth nor prediction.
"""

import math
from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import NDArray

from alseg_metrics.options import DistanceOptions, SurfaceDiceOptions
from alseg_metrics.surface_distances import SurfaceDistances, surface_distances


class SurfaceDistanceMetric(ABC):
    """A distance in millimetres; where only one region is empty, the option ``one_empty`` says what it is."""

    def __init__(self, options: DistanceOptions) -> None:
        self.options = options

    def from_volume(
        self, prediction: NDArray[np.bool_], truth: NDArray[np.bool_], spacing: tuple[float, float, float]
    ) -> NDArray[np.float64]:
        """Return (foreground classes,) from masks of (foreground classes, slices, height, width)."""
        extent = [(length - 1) * step for length, step in zip(truth.shape[1:], spacing, strict=True)]
        worst = {"diagonal": math.hypot(*extent), "nan": math.nan, "infinity": math.inf}[self.options.one_empty]
        scores = np.full(len(truth), np.nan)
        for k, distances in enumerate(surface_distances(prediction, truth, spacing)):
            sizes = distances.from_prediction.size, distances.from_truth.size
            if all(sizes):
                scores[k] = self.summarise(distances)
            elif any(sizes):
                scores[k] = worst
        return scores

    @abstractmethod
    def summarise(self, distances: SurfaceDistances) -> float:
        """Return the score of one class, given that neither surface is empty."""


class Hausdorff(SurfaceDistanceMetric):
    """Hausdorff distance: the largest distance from either surface to the other. Huttenlocher et al. 1993."""

    def summarise(self, distances: SurfaceDistances) -> float:
        """Return the larger of both directed maxima."""
        return float(max(distances.from_prediction.max(), distances.from_truth.max()))


class Hausdorff95(SurfaceDistanceMetric):
    """The larger of both directed 95th percentiles, linearly interpolated; as in MONAI."""

    def summarise(self, distances: SurfaceDistances) -> float:
        """Return the larger of both directed percentiles."""
        return float(max(np.percentile(way, 95) for way in (distances.from_prediction, distances.from_truth)))


class AverageSurfaceDistance(SurfaceDistanceMetric):
    """Average symmetric surface distance: the mean over the voxels of both surfaces together. Heimann et al. 2009."""

    def summarise(self, distances: SurfaceDistances) -> float:
        """Return the mean of all distances."""
        ways = distances.from_prediction, distances.from_truth
        return sum(float(way.sum(dtype=np.float64)) for way in ways) / sum(way.size for way in ways)


class SurfaceDice:
    """Normalised surface Dice: the share of both surfaces that lies within a tolerance of the other.

    0 where the class is in only one of truth and prediction. Nikolov et al. 2021, with surface voxels for surface
    elements, as MONAI does by default.
    """

    def __init__(self, options: SurfaceDiceOptions) -> None:
        # A distance is a float32: one that equals the tolerance may come out a hair above it.
        self.tolerance = options.tolerance * (1 + 1e-6)

    def from_volume(
        self, prediction: NDArray[np.bool_], truth: NDArray[np.bool_], spacing: tuple[float, float, float]
    ) -> NDArray[np.float64]:
        """Return (foreground classes,) in [0, 1] from masks of (foreground classes, slices, height, width)."""
        scores = np.full(len(truth), np.nan)
        for k, distances in enumerate(surface_distances(prediction, truth, spacing)):
            ways = distances.from_prediction, distances.from_truth
            size = sum(way.size for way in ways)
            if size:
                scores[k] = sum(np.count_nonzero(way <= self.tolerance) for way in ways) / size
        return scores
