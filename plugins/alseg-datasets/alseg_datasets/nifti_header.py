"""What the header of a NIfTI-1, NIfTI-2 or ANALYZE 7.5 file says about its voxels."""

import math
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from nibabel.nifti1 import Nifti1Header
from nibabel.nifti2 import Nifti2Header
from nibabel.spatialimages import HeaderDataError

from alcore import AlsegError

LONGEST = 540
"""Bytes of the longest header."""

_KINDS: dict[int, Any] = {348: Nifti1Header, 540: Nifti2Header}
_SINGLE, _PAIR = (b"n+1", b"n+2"), (b"ni1", b"ni2")
_TYPES = {2: "u1", 4: "i2", 8: "i4", 16: "f4", 64: "f8", 256: "i1", 512: "u2", 768: "u4", 1024: "i8", 1280: "u8"}
_OTHER_TYPES = {
    1: "single bits",
    32: "complex64",
    128: "RGB",
    1536: "float128",
    1792: "complex128",
    2048: "complex256",
    2304: "RGBA",
}


@dataclass(frozen=True)
class NiftiHeader:
    """A header whose voxels can be read.

    Args:
        fields: nibabel's header, for what says where the volume lies.
        shape: voxels along (x, y, z), then further axes.
        dtype: of a stored voxel.
        offset: byte at which the voxels begin, in the file that holds them.
        slope: factor that the stored numbers are to be multiplied by; None where they are to be taken as they are.
        intercept: what is to be added then.
        analyze: whether it is ANALYZE 7.5, which says nothing of where the volume lies.
    """

    fields: Any
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    offset: int
    slope: float | None
    intercept: float
    analyze: bool

    @property
    def end(self) -> int:
        """Size of the file that holds the voxels."""
        return self.offset + math.prod(self.shape) * self.dtype.itemsize


def parse_header(path: Path, content: bytes, *, in_pair: bool) -> NiftiHeader:
    """Parse the header of ``path``.

    Args:
        path: the file, for messages.
        content: its first bytes, :data:`LONGEST` of them if there are as many.
        in_pair: whether the voxels are in a file of their own.

    Raises:
        AlsegError: it is no such header, or none of voxels that are whole or real numbers in up to seven axes.
    """
    fields = _fields(path, content)
    magic = bytes(fields["magic"].item())[:3]
    analyze = in_pair and fields["sizeof_hdr"] == 348 and magic not in _SINGLE + _PAIR
    if not analyze and magic not in (_PAIR if in_pair else _SINGLE):
        wanted = "an .hdr/.img pair" if in_pair else "a .nii file"
        raise AlsegError(f"{path} has no usable NIfTI header: its magic {magic!r} is not that of {wanted}")
    slope, intercept = (None, 0.0) if analyze else _scaling(path, fields)
    smallest = 0 if in_pair else int(fields["sizeof_hdr"])
    shape, dtype, offset = _shape(path, fields), _dtype(path, fields), _offset(path, fields, smallest)
    return NiftiHeader(fields, shape, dtype, offset, slope, intercept, analyze)


def _fields(path: Path, content: bytes) -> Any:
    for order in "<>":
        size = struct.unpack_from(f"{order}i", content)[0] if len(content) >= 4 else 0
        if size in _KINDS:
            if len(content) < size:
                raise AlsegError(
                    f"{path} is truncated: it ends within its header", hint="copy or download it once more"
                )
            return _KINDS[size](content[:size], endianness=order, check=False)
    raise AlsegError(f"{path} cannot be read as an image: it has no NIfTI header, but begins with {content[:4]!r}")


def _shape(path: Path, fields: Any) -> tuple[int, ...]:
    axes, *lengths = fields["dim"].tolist()
    if not 1 <= axes <= 7:
        raise AlsegError(f"{path} has no usable NIfTI header: it tells of {axes} axes, not of 1 to 7")
    shape = tuple(lengths[:axes])
    if min(shape) < 1:
        sizes = " x ".join(map(str, shape))
        raise AlsegError(f"{path} has no usable NIfTI header: it tells of {sizes} voxels")
    return shape


def _dtype(path: Path, fields: Any) -> np.dtype[Any]:
    code = int(fields["datatype"])
    if code not in _TYPES:
        kind = _OTHER_TYPES.get(code, f"unknown type {code}")
        raise AlsegError(
            f"{path} has voxels of {kind}, not whole or real numbers of up to 64 bits",
            hint="save it in another type, a colour image with its colours along the fourth axis",
        )
    return np.dtype(fields.endianness + _TYPES[code])


def _offset(path: Path, fields: Any, smallest: int) -> int:
    offset = float(fields["vox_offset"])
    if not (math.isfinite(offset) and offset >= smallest and offset.is_integer()):
        raise AlsegError(f"{path} has no usable NIfTI header: its vox_offset is {offset:g}")
    return int(offset)


def _scaling(path: Path, fields: Any) -> tuple[float | None, float]:
    """Slope and intercept; a slope of zero, NaN or infinity stands for none."""
    try:
        slope, intercept = fields.get_slope_inter()
    except HeaderDataError as error:
        raise AlsegError(f"{path} has no usable NIfTI header: {error}") from error
    if slope is None or (slope, intercept) == (1.0, 0.0):
        return None, 0.0
    return float(slope), float(intercept)
