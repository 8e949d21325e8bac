"""Read volumes of every format that ITK knows."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import SimpleITK as sitk  # noqa: N813
from numpy.typing import NDArray

from alcore import AlsegError
from alseg_datasets.volume import Volume


def read_image(path: Path) -> Volume:
    """Read one file.

    Raises:
        AlsegError: it is truncated, no image, or has more than four dimensions.
    """
    image = _executed(lambda: sitk.ReadImage(str(path)), path)
    return _volume(image, sitk.GetArrayFromImage(image), path)


def read_series(folder: Path) -> Volume:
    """Read a folder that holds one DICOM series.

    Raises:
        AlsegError: it holds none or several, or it cannot be read.
    """
    series = sitk.ImageSeriesReader.GetGDCMSeriesIDs(str(folder))
    if len(series) != 1:
        raise AlsegError(f"{folder} holds {len(series)} DICOM series, not 1")
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(sitk.ImageSeriesReader.GetGDCMSeriesFileNames(str(folder), series[0]))
    image = _executed(reader.Execute, folder)
    return _volume(image, sitk.GetArrayFromImage(image), folder)


def write_image(path: Path, volume: Volume) -> None:
    """Write a volume of one channel; the name's ending says in which format.

    Raises:
        AlsegError: it cannot be written.
    """
    image = sitk.GetImageFromArray(np.ascontiguousarray(volume.voxels[0]))
    image.SetSpacing(volume.spacing)
    image.SetOrigin(volume.origin)
    image.SetDirection(volume.direction.ravel().tolist())
    try:
        sitk.WriteImage(image, str(path), useCompression=True)
    except RuntimeError as error:
        path.unlink(missing_ok=True)
        reason = str(error).strip().splitlines()[-1].removeprefix("sitk::ERROR: ")
        raise AlsegError(f"{path} cannot be written: {reason}", hint="is there room?") from error


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
