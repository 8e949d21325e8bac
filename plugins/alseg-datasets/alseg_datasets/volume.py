"""A volume as it lies in its file."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_GEOMETRY_TOLERANCE = 1e-3


@dataclass(frozen=True)
class Volume:
    """A volume as it lies in its file.

    Args:
        voxels: (channels, z, y, x).
        spacing: millimetres along (x, y, z).
        origin: position of the first voxel in millimetres (x, y, z), LPS.
        direction: (3, 3) direction cosines, axes in columns.
    """

    voxels: NDArray[Any]
    spacing: tuple[float, float, float]
    origin: tuple[float, float, float]
    direction: NDArray[np.float64]


def geometry_difference(first: Volume, second: Volume) -> str:
    """What of spacing, origin and direction differs by more than a thousandth (of a millimetre); empty if nothing."""
    pairs: Sequence[tuple[str, Any, Any]] = (
        ("spacing", first.spacing, second.spacing),
        ("origin", first.origin, second.origin),
        ("direction", first.direction, second.direction),
    )
    return " and ".join(
        name for name, one, other in pairs if np.abs(np.asarray(one) - np.asarray(other)).max() > _GEOMETRY_TOLERANCE
    )
