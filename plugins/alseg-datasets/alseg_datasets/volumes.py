"""Read one volume with SimpleITK."""

from collections.abc import Callable, Sequence
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
    """

    voxels: NDArray[Any]
    spacing: tuple[float, float, float]
    origin: tuple[float, float, float]
    direction: NDArray[np.float64]


def read_volume(path: Path) -> Volume:
    """Read a volume, a 2D image as a volume of one slice, or a folder that holds one DICOM series.

    Channels are a file's fourth axis or its components, such as colours.

    Raises:
        AlsegError: the file is missing, truncated, no image, or has more than four dimensions.
    """
    if path.is_dir():
        return _read_series(path)
    if not path.is_file():
        raise AlsegError(f"{path} is missing")
    image = _executed(lambda: sitk.ReadImage(str(path)), path)
    voxels = sitk.GetArrayFromImage(image)
    if path.name.endswith((".nii", ".nii.gz")):
        check_nifti(path, voxels)
    return _volume(image, voxels, path)


def _read_series(folder: Path) -> Volume:
    series = sitk.ImageSeriesReader.GetGDCMSeriesIDs(str(folder))
    if len(series) != 1:
        raise AlsegError(f"{folder} holds {len(series)} DICOM series, not 1")
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(sitk.ImageSeriesReader.GetGDCMSeriesFileNames(str(folder), series[0]))
    image = _executed(reader.Execute, folder)
    return _volume(image, sitk.GetArrayFromImage(image), folder)


def _executed(read: Callable[[], sitk.Image], path: Path) -> sitk.Image:
    try:
        return read()
    except RuntimeError as error:
        reason = str(error).strip().splitlines()[-1].removeprefix("sitk::ERROR: ")
        raise AlsegError(f"{path} cannot be read as an image: {reason}") from error


def _volume(image: sitk.Image, voxels: NDArray[Any], path: Path) -> Volume:
    dimensions = image.GetDimension()
    voxels = np.moveaxis(voxels, -1, 0) if image.GetNumberOfComponentsPerPixel() > 1 else voxels
    if voxels.ndim == dimensions and dimensions < 4:
        voxels = voxels[None]
    if dimensions == 2:
        voxels = voxels[:, None]
    if voxels.ndim != 4:
        raise AlsegError(f"{path} has {voxels.ndim} dimensions, channels included, not at most 4")
    spacing, origin = (*image.GetSpacing(), 1.0)[:3], (*image.GetOrigin(), 0.0)[:3]
    axes = min(dimensions, 3)
    direction = np.eye(3)
    direction[:axes, :axes] = np.array(image.GetDirection()).reshape(dimensions, dimensions)[:axes, :axes]
    return Volume(voxels, spacing, origin, direction)


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
