"""A volume as it lies in its file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from alcore import AlsegError

Unit = Literal["mm", "meter", "micron"]

MILLIMETRES: dict[Unit, float] = {"mm": 1.0, "meter": 1000.0, "micron": 0.001}
_GEOMETRY_TOLERANCE = 1e-3
_RIGHT_ANGLE_TOLERANCE = 1e-3


@dataclass(frozen=True)
class Frame:
    """The space that a volume is placed in, in the terms of NIfTI, for what is written beside it.

    Args:
        code: number of the space: 1 the scanner's, 2 that of another image, 3 Talairach's, 4 MNI's, 5 another
            template's; 0 where the file does not say where the volume lies.
        unit: the file's own unit of length.
    """

    code: int = 1
    unit: Unit = "mm"


@dataclass(frozen=True)
class Volume:
    """A volume as it lies in its file.

    Args:
        voxels: (channels, z, y, x).
        spacing: millimetres along (x, y, z).
        origin: position of the first voxel in millimetres (x, y, z), LPS.
        direction: (3, 3) directions of the axes, in columns of length 1; not at right angles where the file says so.
        indexed: whether the voxels are positions in a palette of colours, which label maps may be and images not.
        warnings: what is odd about the file though it can be used, one sentence each.
        frame: the space that it is placed in.
    """

    voxels: NDArray[Any]
    spacing: tuple[float, float, float]
    origin: tuple[float, float, float]
    direction: NDArray[np.float64]
    indexed: bool = False
    warnings: tuple[str, ...] = ()
    frame: Frame = Frame()

    @property
    def affine(self) -> NDArray[np.float64]:
        """(4, 4) matrix from voxel numbers (x, y, z) to millimetres, LPS."""
        matrix = np.eye(4)
        matrix[:3, :3], matrix[:3, 3] = self.direction * np.array(self.spacing), self.origin
        return matrix

    @property
    def sheared(self) -> bool:
        """Whether its axes are not at right angles, by more than 0.06 degrees."""
        return bool(np.abs(self.direction.T @ self.direction - np.eye(3)).max() > _RIGHT_ANGLE_TOLERANCE)


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
