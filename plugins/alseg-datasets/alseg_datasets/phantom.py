"""Synthetic datasets: an organ in a body, with noise and a bias field. No scan of anybody."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from alcore import DatasetListing, Scan, ScanSource
from alseg_datasets.phantom_options import PhantomOptions

_BODY = 0.45
_INTENSITY = 1000.0
_VALIDATION_STEP = 5

Fields = NDArray[np.float32]


@dataclass(frozen=True)
class Anatomy:
    """What the scans of a phantom look like.

    Args:
        fewest: least (slices, height, width).
        most: greatest (slices, height, width).
        spacing: millimetres along (slices, rows, columns).
        foreground: names of the foreground classes.
        parts: how they lie: one organ, one ``nested`` within the other, or two ``halves`` of an organ along the rows.
        channels: name of each image channel.
        contrast: (channels, foreground classes) intensity of each class; the body has 0.45.
    """

    fewest: tuple[int, int, int]
    most: tuple[int, int, int]
    spacing: tuple[float, float, float]
    foreground: tuple[str, ...]
    parts: Literal["one", "nested", "halves"]
    channels: tuple[str, ...] = ("synthetic",)
    contrast: tuple[tuple[float, ...], ...] = ((0.75, 1.0),)


class Phantom:
    """Scans of 16 to 24 slices of 48 to 64 squared voxels with two foreground classes, organ and lesion."""

    name: ClassVar[str] = "phantom"
    anatomy: ClassVar[Anatomy] = Anatomy(
        (16, 48, 48), (24, 64, 64), (2.5, 1.0, 1.0), foreground=("organ", "lesion"), parts="nested"
    )

    def __init__(self, options: PhantomOptions) -> None:
        self.options = options

    def list_scans(self, source: Path | None) -> DatasetListing:
        """List the scans that will be generated; every fifth validates."""
        scans = [
            ScanSource(
                id=f"{self.name}_{number:03d}",
                files=(),
                split="validation" if number % _VALIDATION_STEP == 0 else "train",
                detail=number,
            )
            for number in range(self.options.scans)
        ]
        return DatasetListing(("background", *self.anatomy.foreground), self.anatomy.channels, scans)

    def read_scan(self, scan: ScanSource) -> Scan:
        """Generate one scan from (seed, its number)."""
        rng = np.random.default_rng([self.options.seed, scan.detail])
        shape = tuple(int(size) for size in rng.integers(self.anatomy.fewest, self.anatomy.most, endpoint=True))
        body, label = _body_and_label(shape, self.anatomy.parts, rng)
        bias = 1.0 + 0.25 * _smooth_field(shape, rng, grain=0.6)
        image = np.empty((shape[0], len(self.anatomy.channels), *shape[1:]), np.int16)
        for channel, contrast in enumerate(self.anatomy.contrast):
            tissue = np.array([0.0, *contrast], np.float32)[label] + _BODY * (body & (label == 0))
            tissue += 0.05 * _smooth_field(shape, rng, grain=0.1) * body
            tissue = ndimage.gaussian_filter(tissue, (0.3, 0.6, 0.6)) * bias
            tissue += self.options.noise * rng.standard_normal(shape, np.float32)
            image[:, channel] = np.clip(tissue * _INTENSITY, 0, np.iinfo(np.int16).max)
        return Scan(image=image, label=label, spacing=self.anatomy.spacing)


class HeartPhantom(Phantom):
    """In the size of the Decathlon's heart task: one channel, one foreground class, nearly isotropic."""

    name = "phantom-heart"
    anatomy = Anatomy((90, 320, 320), (130, 320, 320), (1.37, 1.25, 1.25), ("left atrium",), "one", contrast=((0.8,),))


class HippocampusPhantom(Phantom):
    """In the size of the Decathlon's hippocampus task: one channel, two adjacent classes, isotropic."""

    name = "phantom-hippocampus"
    anatomy = Anatomy(
        (24, 40, 31), (47, 59, 43), (1.0, 1.0, 1.0), ("anterior", "posterior"), "halves", contrast=((0.75, 0.7),)
    )


class ProstatePhantom(Phantom):
    """In the size of the Decathlon's prostate task: two channels, nested zones, slices 4 mm apart."""

    name = "phantom-prostate"
    anatomy = Anatomy(
        (11, 256, 256),
        (24, 320, 320),
        (4.0, 0.6, 0.6),
        ("peripheral zone", "transition zone"),
        "nested",
        channels=("synthetic T2", "synthetic ADC"),
        contrast=((0.85, 0.65), (0.95, 0.7)),
    )


def _body_and_label(
    shape: tuple[int, ...], parts: str, rng: np.random.Generator
) -> tuple[NDArray[np.bool_], NDArray[np.uint8]]:
    """Where the body is, and class numbers; both (slices, height, width)."""
    body = _blob(shape, np.zeros(3), np.array([1.3, 0.85, 0.9]), rng)
    centre = rng.uniform(-0.2, 0.2, 3)
    radii = rng.uniform([0.55, 0.35, 0.3], [0.75, 0.5, 0.45])
    organ = _blob(shape, centre, radii, rng) & body
    label = organ.astype(np.uint8)
    if parts == "nested":
        inner_centre = centre + 0.4 * radii * rng.uniform(-1, 1, 3)
        label[_blob(shape, inner_centre, radii * rng.uniform(0.45, 0.65), rng) & organ] = 2
    elif parts == "halves":
        boundary = int((centre[1] + 1) / 2 * shape[1])
        label[:, boundary:][organ[:, boundary:]] = 2
    return body, label


def _blob(
    shape: tuple[int, ...], centre: NDArray[Any], radii: NDArray[Any], rng: np.random.Generator
) -> NDArray[np.bool_]:
    """An ellipsoid with a wavy surface; the volume spans -1 to 1 along each axis."""
    axes = np.meshgrid(*(np.linspace(-1, 1, size, dtype=np.float32) for size in shape), indexing="ij", sparse=True)
    z, y, x = (((axis - middle) / radius) ** 2 for axis, middle, radius in zip(axes, centre, radii, strict=True))
    inside: NDArray[np.bool_] = z + y + x < 1.0 + 0.35 * _smooth_field(shape, rng, grain=0.3)
    return inside


def _smooth_field(shape: tuple[int, ...], rng: np.random.Generator, *, grain: float) -> Fields:
    """Smooth noise scaled to at most 1 in magnitude; ``grain`` is the size of its waves as a share of each axis.

    Random knots are blended by Gaussian weights along one axis after the other, whose cost hardly depends on the grain.
    """
    knots = np.linspace(0, 1, round(1 / grain) + 2)
    field = rng.standard_normal((len(knots),) * 3, np.float32)
    for size in shape:
        distance = np.linspace(0, 1, size)[:, None] - knots
        weights = np.exp(-0.5 * (distance / (0.7 * knots[1])) ** 2)
        weights /= weights.sum(axis=1, keepdims=True)
        field = np.tensordot(field, weights.astype(np.float32), axes=(0, 1))  # the new axis comes last
    scaled: Fields = field / np.abs(field).max()
    return scaled
