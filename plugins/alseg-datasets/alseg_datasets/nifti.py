"""Read NIfTI files with isal and nibabel, several times as fast as with ITK.

Besides, ITK reads what a truncated file lacks, and voxels that are not finite, as zeros without a word.
"""

import math
import struct
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from nibabel.nifti1 import Nifti1Header
from nibabel.nifti2 import Nifti2Header
from nibabel.spatialimages import HeaderDataError
from numpy.typing import NDArray

from alcore import AlsegError
from alseg_datasets.regular_file import Content
from alseg_datasets.volume import Volume, check_values

_HEADERS: dict[int, Any] = {348: Nifti1Header, 540: Nifti2Header}
_LONGEST_HEADER = max(_HEADERS)
_MILLIMETRES = {"meter": 1000.0, "micron": 0.001}
_TO_LPS = np.array([-1.0, -1.0, 1.0])
_COPY_AGAIN = "copy or download the file once more"


def read_nifti(path: Path) -> Volume:
    """Read a NIfTI-1 or NIfTI-2 file; its fourth axis (or, after a singleton, fifth) are channels.

    Raises:
        AlsegError: the file cannot be read, is truncated, damaged or no NIfTI file, has NaN or infinite voxels, or
            more than four dimensions.
    """
    content = Content(path)
    header = _header(path, content.start(_LONGEST_HEADER))
    try:
        dtype, shape, offset = header.get_data_dtype(), header.get_data_shape(), header.get_data_offset()
        slope, intercept = header.get_slope_inter()
    except HeaderDataError as error:
        raise AlsegError(f"{path} has no usable NIfTI header: {error}") from error
    count = math.prod(shape)
    voxels = np.frombuffer(content.exactly(offset + count * dtype.itemsize), dtype, count, offset)
    voxels = voxels.reshape(shape, order="F").T
    if (slope, intercept) not in {(None, None), (1.0, 0.0)}:
        voxels = (voxels * float(slope) + float(intercept)).astype(np.float32)
    check_values(path, voxels)
    return Volume(_with_channels(voxels, path), *_geometry(header))


def _header(path: Path, content: bytes) -> Any:
    for order in "<>":
        kind = struct.unpack_from(f"{order}i", content)[0] if len(content) >= 4 else 0
        if kind in _HEADERS:
            if len(content) < kind:
                raise AlsegError(f"{path} is truncated: it ends within its header", hint=_COPY_AGAIN)
            try:
                return _HEADERS[kind].from_fileobj(BytesIO(content[:kind]), endianness=order)
            except (HeaderDataError, ValueError) as error:
                raise AlsegError(f"{path} has no usable NIfTI header: {error}") from error
    raise AlsegError(f"{path} cannot be read as an image: it has no NIfTI header, but begins with {content[:4]!r}")


def _with_channels(voxels: NDArray[Any], path: Path) -> NDArray[Any]:
    """Turn (y, x), (z, y, x), (c, z, y, x) or (c, 1, z, y, x) into (channels, z, y, x)."""
    if voxels.ndim == 5 and voxels.shape[1] == 1:
        voxels = voxels[:, 0]
    if voxels.ndim > 4:
        raise AlsegError(f"{path} has {voxels.ndim} dimensions, channels included, not at most 4")
    return voxels.reshape((1,) * (4 - voxels.ndim) + voxels.shape)


def _geometry(header: Any) -> tuple[tuple[float, float, float], tuple[float, float, float], NDArray[np.float64]]:
    """Spacing, origin and direction in ITK's order and LPS convention."""
    unit = _MILLIMETRES.get(header.get_xyzt_units()[0], 1.0)
    x, y, z = ([float(zoom) for zoom in header.get_zooms()[:3]] + [1.0] * 3)[:3]
    placed = header["sform_code"] or header["qform_code"]
    affine = header.get_best_affine() if placed else np.diag([-x, -y, z, 1.0])
    columns = affine[:3, :3]
    lengths = np.sqrt((columns**2).sum(axis=0))
    direction = _TO_LPS[:, None] * columns / np.where(lengths > 0, lengths, 1.0) + 0.0  # no negative zeros
    origin = _TO_LPS * affine[:3, 3] * unit + 0.0
    return (x * unit, y * unit, z * unit), (float(origin[0]), float(origin[1]), float(origin[2])), direction
