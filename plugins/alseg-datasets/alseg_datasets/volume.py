"""A volume as it lies in its file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore import AlsegError

_GEOMETRY_TOLERANCE = 1e-3


@dataclass(frozen=True)
class Volume:
    """A volume as it lies in its file.

    Args:
        voxels: (channels, z, y, x).
        spacing: millimetres along (x, y, z).
        origin: position of the first voxel in millimetres (x, y, z), LPS.
        direction: (3, 3) direction cosines, axes in columns.
        indexed: whether the voxels are positions in a palette of colours, which label maps may be and images not.
        warnings: what is odd about the file though it can be used, one sentence each.
    """

    voxels: NDArray[Any]
    spacing: tuple[float, float, float]
    origin: tuple[float, float, float]
    direction: NDArray[np.float64]
    indexed: bool = False
    warnings: tuple[str, ...] = ()


def check_values(path: Path, voxels: NDArray[Any]) -> None:
    """Check that every voxel is a number that the engine's float32 holds.

    Raises:
        AlsegError: there are NaN or infinite voxels, or larger ones.
    """
    if voxels.dtype.kind != "f":
        return
    with np.errstate(over="ignore"):
        odd = voxels.size - np.count_nonzero(np.isfinite(voxels.astype(np.float32, copy=False)))
    if odd:
        n_large = np.count_nonzero(np.isfinite(voxels)) - (voxels.size - odd)
        what = "voxels beyond 3.4e38, the range of float32" if n_large == odd else "NaN or infinite voxels"
        raise AlsegError(f"{path} has {odd} {what}", hint="mend the file or leave the scan out")


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
