"""Whether a NIfTI file is all there. SimpleITK fills what is missing with zeros and says nothing."""

import gzip
import math
import struct
import zlib
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from alcore import AlsegError

_HEADER = 540
_GZIP_TRAILER = 8


def check_nifti(path: Path, voxels: NDArray[Any]) -> None:
    """Check that the file holds all the voxels its header promises, and that a gzip file keeps its checksum.

    Args:
        path: a ``.nii`` or ``.nii.gz`` file.
        voxels: what was read from it. Where these are the file's bytes as they are, their checksum spares
            decompressing the file once more.

    Raises:
        AlsegError: the file is truncated or damaged.
    """
    if path.suffix != ".gz":
        with path.open("rb") as stream:
            header = stream.read(_HEADER)
        _check_size(path, header, path.stat().st_size)
        return
    packed = path.read_bytes()
    if _checksum_matches(packed, voxels):
        return
    try:
        raw = gzip.decompress(packed)
    except (EOFError, OSError, zlib.error) as error:
        raise AlsegError(
            f"{path} is truncated or damaged: {error}", hint="copy or download the file once more"
        ) from error
    _check_size(path, raw[:_HEADER], len(raw))


def _checksum_matches(packed: bytes, voxels: NDArray[Any]) -> bool:
    try:
        header = zlib.decompressobj(wbits=31).decompress(packed, _HEADER)
        offset, _ = _promise(header)
        header = zlib.decompressobj(wbits=31).decompress(packed, offset)
        checksum, size = struct.unpack("<II", packed[-_GZIP_TRAILER:])
    except (zlib.error, struct.error, ValueError):
        return False
    if (len(header) + voxels.nbytes) % 2**32 != size or not voxels.flags.c_contiguous:
        return False
    return zlib.crc32(voxels.data, zlib.crc32(header)) == checksum


def _check_size(path: Path, header: bytes, size: int) -> None:
    try:
        offset, n_bytes = _promise(header)
    except (struct.error, ValueError) as error:
        raise AlsegError(f"{path} has no NIfTI header: {error}") from error
    if size < offset + n_bytes:
        raise AlsegError(
            f"{path} is truncated: it has {size} of {offset + n_bytes} bytes",
            hint="copy or download the file once more",
        )


def _promise(header: bytes) -> tuple[int, int]:
    """Where the voxels begin and how many bytes they take, by the header of NIfTI-1 or NIfTI-2 in either byte order."""
    for order in "<>":
        (kind,) = struct.unpack_from(f"{order}i", header)
        if kind == 348:
            dims = struct.unpack_from(f"{order}8h", header, 40)
            (bits,) = struct.unpack_from(f"{order}h", header, 72)
            (offset,) = struct.unpack_from(f"{order}f", header, 108)
            return int(offset), math.prod(dims[1 : dims[0] + 1]) * bits // 8
        if kind == 540:
            (bits,) = struct.unpack_from(f"{order}h", header, 14)
            dims = struct.unpack_from(f"{order}8q", header, 16)
            (offset,) = struct.unpack_from(f"{order}q", header, 168)
            return offset, math.prod(dims[1 : dims[0] + 1]) * bits // 8
    raise ValueError(f"it begins with {header[:4]!r}")
