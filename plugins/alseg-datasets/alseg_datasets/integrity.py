"""Whether a NIfTI file is all there. ITK reads what is missing, and what is not finite, as zeros and says nothing."""

import gzip
import math
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore import AlsegError

_LONGEST_HEADER = 540
_GZIP_TRAILER = 8
_FLOATS = {16: "f4", 64: "f8"}
_COPY_AGAIN = "copy or download the file once more"


def check_nifti(path: Path, voxels: NDArray[Any]) -> None:
    """Check that the file holds all the voxels that its header promises, intact and finite.

    Args:
        path: a ``.nii`` or ``.nii.gz`` file.
        voxels: what was read from it. Where these are the file's own bytes, as the checksum of a gzip file proves, it
            need not be decompressed once more.

    Raises:
        AlsegError: the file is truncated or damaged, or has NaN or infinite voxels.
    """
    packed = path.read_bytes()
    if path.suffix == ".gz":
        if _checksum_matches(packed, voxels):
            return
        try:
            packed = gzip.decompress(packed)
        except (EOFError, OSError, zlib.error) as error:
            raise AlsegError(f"{path} is truncated or damaged: {error}", hint=_COPY_AGAIN) from error
    _check_content(path, packed)


@dataclass(frozen=True)
class _Header:
    """Where the voxels begin, how many bytes they take, and their type where it is a float."""

    offset: int
    n_bytes: int
    float_type: np.dtype[Any] | None


def _checksum_matches(packed: bytes, voxels: NDArray[Any]) -> bool:
    try:
        start = zlib.decompressobj(wbits=31).decompress(packed, _LONGEST_HEADER)
        start = zlib.decompressobj(wbits=31).decompress(packed, _read_header(start).offset)
        checksum, size = struct.unpack("<II", packed[-_GZIP_TRAILER:])
    except (zlib.error, struct.error, ValueError):
        return False
    if (len(start) + voxels.nbytes) % 2**32 != size or not voxels.flags.c_contiguous:
        return False
    return bool(zlib.crc32(voxels.data, zlib.crc32(start)) == checksum)


def _check_content(path: Path, content: bytes) -> None:
    try:
        header = _read_header(content)
    except (struct.error, ValueError) as error:
        raise AlsegError(f"{path} has no NIfTI header: {error}") from error
    end = header.offset + header.n_bytes
    if len(content) < end:
        raise AlsegError(f"{path} is truncated: it has {len(content)} of {end} bytes", hint=_COPY_AGAIN)
    if header.float_type is not None:
        count = header.n_bytes // header.float_type.itemsize
        odd = np.count_nonzero(~np.isfinite(np.frombuffer(content, header.float_type, count, header.offset)))
        if odd:
            raise AlsegError(f"{path} has {odd} NaN or infinite voxels", hint="mend the file or leave the scan out")


def _read_header(content: bytes) -> _Header:
    """Read what is needed of a header of NIfTI-1 or NIfTI-2 in either byte order."""
    for order in "<>":
        (kind,) = struct.unpack_from(f"{order}i", content)
        if kind == 348:
            dims = struct.unpack_from(f"{order}8h", content, 40)
            code, bits = struct.unpack_from(f"{order}2h", content, 70)
            offset = int(struct.unpack_from(f"{order}f", content, 108)[0])
        elif kind == 540:
            code, bits = struct.unpack_from(f"{order}2h", content, 12)
            dims = struct.unpack_from(f"{order}8q", content, 16)
            (offset,) = struct.unpack_from(f"{order}q", content, 168)
        else:
            continue
        float_type = np.dtype(order + _FLOATS[code]) if code in _FLOATS else None
        return _Header(offset, math.prod(dims[1 : dims[0] + 1]) * bits // 8, float_type)
    raise ValueError(f"it begins with {content[:4]!r}")
