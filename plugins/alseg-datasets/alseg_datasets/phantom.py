"""A synthetic dataset: an organ and a lesion in a body, with noise and a bias field. No scan of anybody."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from alcore import DatasetListing, Scan, ScanSource
from alseg_datasets.plugin import PhantomOptions

_SPACING = (2.5, 1.0, 1.0)
_FEWEST, _MOST = (16, 48, 48), (24, 64, 64)
_BODY, _ORGAN, _LESION = 0.45, 0.75, 1.0
_INTENSITY = 1000.0
_VALIDATION_STEP = 5


class Phantom:
    """Scans of 16 to 24 slices of 48 to 64 squared voxels with two foreground classes, organ and lesion."""

    def __init__(self, options: PhantomOptions) -> None:
        self.options = options

    def list_scans(self, source: Path | None) -> DatasetListing:
        """List the scans that will be generated; every fifth validates."""
        scans = [
            ScanSource(
                id=f"phantom_{number:03d}",
                files=(),
                split="validation" if number % _VALIDATION_STEP == 0 else "train",
                detail=number,
            )
            for number in range(self.options.scans)
        ]
        return DatasetListing(("background", "organ", "lesion"), ("synthetic",), scans)

    def read_scan(self, scan: ScanSource) -> Scan:
        """Generate one scan from (seed, its number)."""
        rng = np.random.default_rng([self.options.seed, scan.detail])
        shape = tuple(int(size) for size in rng.integers(_FEWEST, _MOST, endpoint=True))
        tissue, label = _anatomy(shape, rng)
        bias = 1.0 + 0.25 * _smooth_field(shape, rng, scale=0.35)
        noisy = tissue * bias + rng.normal(0.0, self.options.noise, shape)
        image = np.clip(noisy * _INTENSITY, 0, np.iinfo(np.int16).max).astype(np.int16)
        return Scan(image=image[:, None], label=label, spacing=_SPACING)


def _anatomy(shape: tuple[int, ...], rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """Tissue intensities in 0 to 1 and class numbers, both (slices, height, width)."""
    body = _blob(shape, np.zeros(3), np.array([1.3, 0.85, 0.9]), rng)
    centre = rng.uniform(-0.2, 0.2, 3)
    radii = rng.uniform([0.55, 0.35, 0.3], [0.75, 0.5, 0.45])
    organ = _blob(shape, centre, radii, rng) & body
    lesion = _blob(shape, centre + 0.45 * radii * rng.uniform(-1, 1, 3), radii * rng.uniform(0.45, 0.65), rng) & organ
    label = np.zeros(shape, np.uint8)
    label[organ], label[lesion] = 1, 2
    tissue = _BODY * body + (_ORGAN - _BODY) * organ + (_LESION - _ORGAN) * lesion
    texture = 0.05 * _smooth_field(shape, rng, scale=0.05) * body
    return ndimage.gaussian_filter(tissue + texture, (0.3, 0.6, 0.6)), label


def _blob(
    shape: tuple[int, ...], centre: NDArray[np.float64], radii: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.bool_]:
    """An ellipsoid with a wavy surface; the volume spans -1 to 1 along each axis."""
    axes = np.meshgrid(*(np.linspace(-1, 1, size) for size in shape), indexing="ij")
    distance = sum(((axis - middle) / radius) ** 2 for axis, middle, radius in zip(axes, centre, radii, strict=True))
    inside: NDArray[np.bool_] = distance < 1.0 + 0.35 * _smooth_field(shape, rng, scale=0.15)
    return inside


def _smooth_field(shape: tuple[int, ...], rng: np.random.Generator, *, scale: float) -> NDArray[np.float64]:
    """Smooth noise scaled to at most 1 in magnitude; ``scale`` is its grain as a share of each axis."""
    noise = ndimage.gaussian_filter(rng.normal(size=shape), [scale * size for size in shape], mode="nearest")
    field: NDArray[np.float64] = noise / np.abs(noise).max()
    return field
