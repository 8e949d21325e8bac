"""Read NRRD, MetaImage, PNG and JPEG 2000 by ITK.

The other formats of ITK read truncated files as whole, or may name any file of the machine.
"""

import math
from pathlib import Path
from typing import Any

import numpy as np
import SimpleITK as sitk  # noqa: N813
from numpy.typing import NDArray

from alcore import AlsegError
from alseg_datasets.detached import Voxels, find_voxels, is_header
from alseg_datasets.regular_file import Content, check_regular, check_size
from alseg_datasets.volume import Volume, check_values

_WHOLE = ("PNGImageIO", "JPEG2000ImageIO")
_READ = "NIfTI, NRRD, MetaImage, DICOM, TIFF, PNG, JPEG, JPEG 2000 and BMP"
_BYTES = {"8-bit": 1, "16-bit": 2, "32-bit": 4, "64-bit": 8}
_COPY_AGAIN = "copy or download the file once more"


def read_image(path: Path) -> Volume:
    """Read one file, with the data file that it names.

    Raises:
        AlsegError: it is truncated or damaged, in no format that alseg reads, names a file elsewhere, has NaN or
            infinite voxels, or more than four dimensions.
    """
    stored = check_regular(path)
    reader = sitk.ImageFileReader()
    image_io = reader.GetImageIOFromFileName(str(path))
    if image_io not in _WHOLE and not is_header(image_io):
        raise AlsegError(f"{path} cannot be read as an image: alseg reads {_READ}", hint="convert it to one of these")
    voxels = find_voxels(path, image_io) if is_header(image_io) else None
    reader.SetImageIO(image_io)
    reader.SetFileName(str(path))
    try:
        reader.ReadImageInformation()
        size = _n_bytes(reader)
        if voxels is None:
            check_size(path, size, stored)
        else:
            _check_voxels(voxels, size)
        image = reader.Execute()
    except RuntimeError as error:
        raise AlsegError(f"{path} cannot be read as an image: {_reason(error)}", hint=_COPY_AGAIN) from error
    volume = _volume(image, sitk.GetArrayFromImage(image), path)
    check_values(path, volume.voxels)
    return volume


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
        raise AlsegError(f"{path} cannot be written: {_reason(error)}", hint="is there room?") from error


def _check_voxels(voxels: Voxels, size: int) -> None:
    """Check that voxels are whole: ITK notices no damage of packed ones."""
    check_size(voxels.file, size, check_regular(voxels.file))
    if voxels.form == "packed":
        Content(voxels.file, voxels.start).exactly(size)
    found = voxels.file.stat().st_size - voxels.start
    if voxels.form == "raw" and found < size:
        raise AlsegError(f"{voxels.file} is truncated: it has {found} of {size} bytes", hint=_COPY_AGAIN)


def _n_bytes(reader: sitk.ImageFileReader) -> int:
    """Bytes of the voxels that a header tells of."""
    kind = sitk.GetPixelIDValueAsString(reader.GetPixelID())
    depth = next((size for name, size in _BYTES.items() if name in kind), 8)
    return math.prod(reader.GetSize()) * int(reader.GetNumberOfComponents()) * depth


def _reason(error: RuntimeError) -> str:
    return str(error).strip().splitlines()[-1].removeprefix("sitk::ERROR: ")


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
