"""Read PNG, JPEG and BMP files in the depth and with the channels that they are stored in.

ITK gives the colours of a palette instead of its indices, stretches 1, 2 and 4 bits to 255, and fills what a truncated
JPEG or BMP file lacks.
"""

import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from alcore import AlsegError
from alseg_datasets.itk import read_image
from alseg_datasets.regular_file import check_regular, check_size
from alseg_datasets.volume import Volume

_GREY, _RGB, _PALETTE, _GREY_ALPHA, _RGB_ALPHA = 0, 2, 3, 4, 6
_SAMPLES = {_GREY: 1, _RGB: 3, _PALETTE: 1, _GREY_ALPHA: 2, _RGB_ALPHA: 4}
_COPY_AGAIN = "copy or download the file once more"


def read_png(path: Path) -> Volume:
    """Read a PNG file of 1 to 16 bits; alpha is a channel, and a palette gives indices.

    Raises:
        AlsegError: it is truncated or damaged.
    """
    stored = check_regular(path)
    with path.open("rb") as file:
        start = file.read(26)
    if len(start) < 26 or start[12:16] != b"IHDR" or start[25] not in _SAMPLES:
        raise AlsegError(f"{path} cannot be read as PNG: it has no usable header", hint=_COPY_AGAIN)
    width, height, bits, kind = struct.unpack(">IIBB", start[16:26])
    check_size(path, width * height * _SAMPLES[kind] * max(1, bits // 8), stored)
    if kind == _PALETTE:
        return read_with_pillow(path)
    if kind == _GREY_ALPHA:
        raise AlsegError(f"{path} has grey values with alpha, which alseg does not read", hint="save it without alpha")
    volume = read_image(path)
    if bits < 8:
        volume.voxels[:] //= 255 // (2**bits - 1)
    return volume


def read_with_pillow(path: Path) -> Volume:
    """Read a JPEG or BMP file, or the indices of a PNG file with a palette.

    Raises:
        AlsegError: it is truncated or damaged, or holds several images.
    """
    stored = check_regular(path)
    try:
        with Image.open(path, formats=("PNG", "JPEG", "BMP")) as image:
            width, height = image.size
            check_size(path, width * height * len(image.getbands()), stored)
            if (n_images := getattr(image, "n_frames", 1)) > 1:
                raise AlsegError(f"{path} holds {n_images} images, not 1", hint="save each on its own")
            voxels: NDArray[Any] = np.asarray(image)
            indexed = image.mode == "P"
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise AlsegError(f"{path} cannot be read as an image: {error}", hint=_COPY_AGAIN) from error
    voxels = voxels.astype(np.uint8) if voxels.dtype == bool else voxels
    voxels = np.moveaxis(voxels, -1, 0) if voxels.ndim == 3 else voxels[None]
    return Volume(voxels[:, None], (1.0, 1.0, 1.0), (0.0, 0.0, 0.0), np.eye(3), indexed)
