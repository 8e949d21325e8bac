"""The pixels of a DICOM file."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset, dcmread
from pydicom.encaps import generate_frames
from pydicom.pixels.utils import pixel_array
from pydicom.uid import (
    JPEG2000,
    UID,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from alcore import AlsegError
from alseg_datasets.dicom_slices import DAMAGE, Slice

_COPY_AGAIN = "copy or download the file once more"
_DECODERS: Mapping[str, Callable[[bytes], NDArray[Any]]] = {
    JPEGBaseline8Bit: imagecodecs.jpeg8_decode,
    JPEGExtended12Bit: imagecodecs.jpeg8_decode,
    JPEGLossless: imagecodecs.ljpeg_decode,
    JPEGLosslessSV1: imagecodecs.ljpeg_decode,
    JPEGLSLossless: imagecodecs.jpegls_decode,
    JPEGLSNearLossless: imagecodecs.jpegls_decode,
    JPEG2000Lossless: imagecodecs.jpeg2k_decode,
    JPEG2000: imagecodecs.jpeg2k_decode,
}
_END_OF_IMAGE = b"\xff\xd9"


def voxel_type(slices: Sequence[Slice]) -> np.dtype[Any]:
    """The smallest type that holds the voxels of all slices; float32 where a slope or intercept is no whole number."""
    if all((one.slope, one.intercept) == (1.0, 0.0) for one in slices):
        return np.result_type(*{one.dtype for one in slices})
    if not all(one.slope.is_integer() and one.intercept.is_integer() for one in slices):
        return np.dtype(np.float32)
    ends = [value * int(one.slope) + int(one.intercept) for one in slices for value in _range(one)]
    for kind in (np.uint8, np.int8, np.int16, np.uint16, np.int32, np.uint32, np.int64):
        if np.iinfo(kind).min <= min(ends) and max(ends) <= np.iinfo(kind).max:
            return np.dtype(kind)
    return np.dtype(np.float32)


def read_pixels(slices: Sequence[Slice]) -> tuple[list[NDArray[Any]], set[str]]:
    """Read the stored values (rows, columns, samples) of slices of one file, and what is odd about them.

    Raises:
        AlsegError: they are fewer than the header says, damaged, or packed in a way that alseg does not read.
    """
    one = slices[0]
    try:
        dataset = dcmread(one.file, force=True)
        if "PixelData" not in dataset:
            raise AlsegError(f"{one.file} has no pixel data", hint=_COPY_AGAIN)
        syntax = UID(one.syntax)
        if not syntax.is_encapsulated:
            odd = _check_length(one, len(dataset.PixelData))
            frames = [_native(dataset, one.syntax, wanted.frame) for wanted in slices]
        elif syntax == RLELossless:
            odd, frames = set(), [pixel_array(dataset, index=wanted.frame, raw=True) for wanted in slices]
        else:
            odd, frames = set(), _decoded(dataset, one)
            frames = [frames[wanted.frame] for wanted in slices]
    except DAMAGE as error:
        raise AlsegError(f"{one.file} cannot be read: its pixel data are damaged: {error}", hint=_COPY_AGAIN) from error
    return [_stored(values, wanted) for values, wanted in zip(frames, slices, strict=True)], odd


def _check_length(one: Slice, found: int) -> set[str]:
    size = one.n_frames * one.rows * one.columns * one.samples * one.allocated // 8
    if found < size:
        raise AlsegError(f"{one.file} is truncated: it has {found} of {size} bytes of pixel data", hint=_COPY_AGAIN)
    return (
        {f"a file has {found - size} bytes more pixel data than its header says"} if found > size + size % 2 else set()
    )


def _native(dataset: Dataset, syntax: str, frame: int) -> NDArray[Any]:
    dataset.file_meta.TransferSyntaxUID = UID(syntax)  # files without a preamble do not tell it
    return pixel_array(dataset, index=frame, raw=True)


def _decoded(dataset: Dataset, one: Slice) -> list[NDArray[Any]]:
    decode = _DECODERS.get(one.syntax)
    if decode is None:
        raise AlsegError(
            f"{one.file} is packed as {UID(one.syntax).name}, which alseg does not read", hint="save it unpacked"
        )
    packed = list(generate_frames(dataset.PixelData, number_of_frames=one.n_frames))
    for frame in packed:
        if not frame.rstrip(b"\0").endswith(_END_OF_IMAGE):
            raise AlsegError(f"{one.file} is truncated: a packed frame lacks its end", hint=_COPY_AGAIN)
    return [decode(frame) for frame in packed]


def _stored(values: NDArray[Any], one: Slice) -> NDArray[Any]:
    """Values with the sign that the header tells, and without what other bits of a pixel hold."""
    shape = (one.rows, one.columns, one.samples)
    if values.size != np.prod(shape) or values.shape[:2] != shape[:2]:
        raise AlsegError(f"{one.file} holds {values.shape} pixels, though its header says {shape}", hint=_COPY_AGAIN)
    values = np.ascontiguousarray(values.reshape(shape), values.dtype.newbyteorder("="))
    if values.dtype.itemsize * 8 != one.allocated:
        values = values.astype(one.dtype)
    values = values.view(one.dtype)
    unused = one.allocated - one.stored
    return (values << unused) >> unused if unused else values


def _range(one: Slice) -> tuple[int, int]:
    return (-(2 ** (one.stored - 1)), 2 ** (one.stored - 1) - 1) if one.signed else (0, 2**one.stored - 1)
