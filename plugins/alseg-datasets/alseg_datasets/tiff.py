"""Read TIFF files whole: all planes of a stack, in the depth and channels that they are stored in.

ITK reads one page of ImageJ's large stacks, and tiles of 16 bits as colours of 8.
"""

import logging
import lzma
import math
import struct
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tifffile import (
    COMPRESSION,
    PHOTOMETRIC,
    RESUNIT,
    TIFF,
    TiffFile,
    TiffFileError,
    TiffFormat,
    TiffPage,
    TiffPageSeries,
)

from alcore import AlsegError
from alseg_datasets.regular_file import check_regular, check_size
from alseg_datasets.volume import Volume, check_values

_PLANES, _CHANNELS, _TIME = "ZIQ", "CS", "T"
_NAMES = {"T": "time points", "Z": "planes", "I": "images", "Q": "planes", "C": "channels", "S": "samples"}
_RESOLUTION_UNITS = {RESUNIT.INCH: 25.4, RESUNIT.CENTIMETER: 10.0, RESUNIT.MILLIMETER: 1.0, RESUNIT.MICROMETER: 1e-3}
_IMAGEJ_UNITS = {"mm": 1.0, "cm": 10.0, "micron": 1e-3, "um": 1e-3, "µm": 1e-3, "\\u00B5m": 1e-3, "inch": 25.4}
_VALUE_SIZES = {int(kind): struct.calcsize(f"={form}") for kind, form in TIFF.DATA_FORMATS.items()}
_DAMAGED = (
    *(TiffFileError, ValueError, RuntimeError, OSError, LookupError, TypeError, ArithmeticError, AssertionError),
    *(struct.error, zlib.error, lzma.LZMAError),
)
"""What tifffile raises of a damaged file."""
_COPY_AGAIN = "copy or download the file once more"


def read_tiff(path: Path) -> Volume:
    """Read an image, or a stack of planes; its samples or channels are channels.

    Raises:
        AlsegError: it is damaged or short, holds images of several sizes or types, several time points, or more
            dimensions than planes and channels.
    """
    stored = check_regular(path)
    with _complaints() as complaints:
        try:
            with TiffFile(path, _multifile=False) as file:
                series = _only_series(file, path)
                check_size(path, math.prod(series.shape) * series.dtype.itemsize, stored)
                _check_whole(file, series, path)
                voxels = _with_channels(series.asarray(), series.axes, path)
                spacing = _spacing(file)
        except _DAMAGED as error:
            reason = str(error) or type(error).__name__
            raise AlsegError(f"{path} cannot be read as TIFF: {reason}", hint=_COPY_AGAIN) from error
    photometric = series.keyframe.photometric
    warnings = [f"read with a complaint of tifffile: {text}" for text in complaints]
    if photometric == PHOTOMETRIC.MINISWHITE and voxels.dtype != bool:
        warnings.append("MINISWHITE: low values are the bright ones")
    if voxels.dtype == bool:
        voxels = voxels.astype(np.uint8)
    if voxels.dtype.kind not in "iuf":
        raise AlsegError(f"{path} has voxels of the type {voxels.dtype}, which are no grey values or colours")
    check_values(path, voxels)
    indexed = photometric == PHOTOMETRIC.PALETTE
    return Volume(voxels, spacing, (0.0, 0.0, 0.0), np.eye(3), indexed, tuple(warnings))


@contextmanager
def _complaints() -> Iterator[list[str]]:
    """What tifffile logs in this thread, which would otherwise appear on the terminal without a file's name."""
    found: list[str] = []
    thread = threading.get_ident()

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.thread == thread:
                found.append(record.getMessage())

    listener, logger = Listener(logging.WARNING), logging.getLogger("tifffile")
    logger.addHandler(listener)
    try:
        yield found
    finally:
        logger.removeHandler(listener)


def _only_series(file: TiffFile, path: Path) -> TiffPageSeries:
    if len(file.series) != 1:
        found = ", ".join(f"{one.dtype} of {'x'.join(map(str, one.shape))}" for one in file.series[:4])
        raise AlsegError(
            f"{path} holds {len(file.series)} images of different size or type: {found}", hint="save each on its own"
        )
    return file.series[0]


def _check_whole(file: TiffFile, series: TiffPageSeries, path: Path) -> None:
    """Check that no page and no pixel is missing."""
    _check_directories(file, path)
    told = [int((file.imagej_metadata or {}).get("images", 0))]
    told += [math.prod(one.get("shape", ())) // math.prod(series.keyframe.shape) for one in file.shaped_metadata or ()]
    n_planes = math.prod(series.shape) // math.prod(series.keyframe.shape)
    if max(told) > n_planes:
        raise AlsegError(f"{path} is truncated: it has {n_planes} of {max(told)} planes", hint=_COPY_AGAIN)
    size = file.filehandle.size
    if series.dataoffset is not None:
        ends = [series.dataoffset + math.prod(series.shape) * series.dtype.itemsize]
    else:
        ends = [
            offset + count
            for page in series.pages
            if page is not None
            for offset, count in zip(page.dataoffsets, page.databytecounts, strict=True)
        ]
    if max(ends, default=0) > size:
        raise AlsegError(f"{path} is truncated: it has {size} of {max(ends)} bytes", hint=_COPY_AGAIN)
    if series.keyframe.compression == COMPRESSION.NONE:
        _check_strips(series, path)


def _check_directories(file: TiffFile, path: Path) -> None:
    """Check that all of a page's tags lie in the file, and that no page follows the last: tifffile passes over it."""
    form, stream = file.tiff, file.filehandle
    for page in (file.pages.first, file.pages[-1]):
        stream.seek(page.offset)
        (n_tags,) = struct.unpack(form.tagnoformat, stream.read(form.tagnosize))
        directory = stream.read(n_tags * form.tagsize + form.offsetsize)
        following = directory[n_tags * form.tagsize :]
        ends = [
            _end_of_value(form, directory[start : start + form.tagsize])
            for start in range(0, n_tags * form.tagsize, form.tagsize)
        ]
        if len(following) < form.offsetsize or max(ends, default=0) > stream.size:
            raise AlsegError(f"{path} is truncated: it ends within what describes a page", hint=_COPY_AGAIN)
    if any(following):
        raise AlsegError(f"{path} is truncated: its list of pages breaks off after {len(file.pages)}", hint=_COPY_AGAIN)


def _end_of_value(form: TiffFormat, tag: bytes) -> int:
    """Where the value of a tag ends that does not fit into the tag itself."""
    _, kind = struct.unpack_from(form.tagformat1, tag)
    count, value = struct.unpack_from(form.tagformat2, tag, struct.calcsize(form.tagformat1))
    size = count * _VALUE_SIZES.get(kind, 1)
    return int(struct.unpack(form.offsetformat, value)[0]) + size if size > form.offsetsize else 0


def _check_strips(series: TiffPageSeries, path: Path) -> None:
    """Check that the strips of each page have as many bytes as its pixels: tifffile fills what is missing."""
    for page in series.pages:
        if isinstance(page, TiffPage) and sum(page.databytecounts) * 8 < math.prod(page.shape) * page.bitspersample:
            raise AlsegError(f"{path}: a page has fewer bytes of pixels than its size asks for", hint=_COPY_AGAIN)


def _with_channels(voxels: NDArray[Any], axes: str, path: Path) -> NDArray[Any]:
    """Bring voxels of named axes into the order (channels, z, y, x)."""
    long = [axis for axis, length in zip(axes, voxels.shape, strict=True) if length > 1 and axis not in "YX"]
    planes, channels = [a for a in long if a in _PLANES], [a for a in long if a in _CHANNELS]
    if _TIME in long or len(planes) > 1 or len(channels) > 1 or len(planes) + len(channels) < len(long):
        lengths = dict(zip(axes, voxels.shape, strict=True))
        found = ", ".join(f"{lengths[axis]} {_NAMES.get(axis, axis)}" for axis in long)
        raise AlsegError(
            f"{path} has {found}; a scan has planes and channels alone",
            hint="save each volume on its own; ImageJ's Image > Properties swaps time points and planes",
        )
    order = [axes.index(axis) for axis in (*channels, *planes, "Y", "X")]
    turned = voxels.transpose([*(k for k in range(voxels.ndim) if k not in order), *order])
    n_channels = voxels.shape[axes.index(channels[0])] if channels else 1
    return turned.reshape(n_channels, -1, *turned.shape[-2:])


def _spacing(file: TiffFile) -> tuple[float, float, float]:
    """Millimetres along (x, y, z): of ImageJ's properties, or of the resolution; 1 where nothing tells them."""
    page, told = file.pages.first, file.imagej_metadata or {}
    unit = _IMAGEJ_UNITS.get(str(told.get("unit")))
    factor = unit if unit else _RESOLUTION_UNITS.get(page.resolutionunit)
    x, y = (factor / value if factor and value > 0 else 1.0 for value in page.resolution)
    return x, y, abs(float(told.get("spacing", 1.0))) * unit if unit else 1.0
