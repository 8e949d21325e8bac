"""Read one volume with SimpleITK."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import SimpleITK as sitk  # noqa: N813
from numpy.typing import NDArray

from alcore import AlsegError
from alseg_datasets.integrity import check_nifti

_GEOMETRY_TOLERANCE = 1e-3


@dataclass(frozen=True)
class Volume:
    """A volume as it lies in its file.

    Args:
        voxels: (channels, z, y, x).
        spacing: millimetres along (x, y, z).
        origin: position of the first voxel in millimetres (x, y, z), LPS.
        direction: (3, 3) direction cosines, axes in columns.
        files: where it was read from.
    """

    voxels: NDArray[Any]
    spacing: tuple[float, float, float]
    origin: tuple[float, float, float]
    direction: NDArray[np.float64]
    files: tuple[Path, ...]


def read_volume(path: Path) -> Volume:
    """Read a 3D volume, or a 4D one whose fourth axis are channels.

    Raises:
        AlsegError: the file is missing, truncated, no image, or not of 3 or 4 dimensions.
    """
    if not path.is_file():
        raise AlsegError(f"{path} is missing")
    try:
        image = sitk.ReadImage(str(path))
    except RuntimeError as error:
        reason = str(error).strip().splitlines()[-1].removeprefix("sitk::ERROR: ")
        raise AlsegError(f"{path} cannot be read as an image: {reason}") from error
    voxels = sitk.GetArrayFromImage(image)
    if path.name.endswith((".nii", ".nii.gz")):
        check_nifti(path, voxels)
    return _volume(image, voxels, (path,))


def _volume(image: sitk.Image, voxels: NDArray[Any], files: tuple[Path, ...]) -> Volume:
    dimensions = image.GetDimension()
    if image.GetNumberOfComponentsPerPixel() > 1:
        voxels = np.moveaxis(voxels, -1, 0)
        dimensions += 1
    elif dimensions == 3:
        voxels = voxels[None]
    if voxels.ndim != 4:
        raise AlsegError(f"{files[0]} has {dimensions} dimensions, not 3 (or 4, the last being channels)")
    direction = np.array(image.GetDirection()).reshape(image.GetDimension(), -1)[:3, :3]
    x, y, z = image.GetSpacing()[:3]
    return Volume(voxels, (x, y, z), image.GetOrigin()[:3], direction, files)


def geometry_difference(first: Volume, second: Volume) -> str:
    """What of spacing, origin and direction differs by more than a thousandth (of a millimetre); empty if nothing."""
    pairs: Sequence[tuple[str, Any, Any]] = (
        ("spacing", first.spacing, second.spacing),
        ("origin", first.origin, second.origin),
        ("direction", first.direction, second.direction),
    )
    return " and ".join(
        name for name, one, other in pairs if not np.allclose(one, other, rtol=0, atol=_GEOMETRY_TOLERANCE)
    )
