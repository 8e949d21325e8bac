"""What the header of a DICOM file says of each of its slices."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset, dcmread
from pydicom.errors import InvalidDicomError
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    MediaStorageDirectoryStorage,
    SegmentationStorage,
)

from alcore import AlsegError
from alseg_datasets.regular_file import check_regular

_COLOURS = {"MONOCHROME1": 1, "MONOCHROME2": 1, "RGB": 3}


@dataclass(frozen=True)
class Slice:
    """One slice, known without its pixels.

    Args:
        file: where it lies.
        frame: which of the file's frames it is, from 0.
        n_frames: frames of the file.
        series: its SeriesInstanceUID.
        instance: its SOPInstanceUID.
        image_type: values of ImageType.
        syntax: its transfer syntax.
        rows: pixels along y.
        columns: pixels along x.
        photometric: ``MONOCHROME1``, ``MONOCHROME2`` or ``RGB``.
        allocated: bits of a pixel.
        stored: those of them that hold its value.
        signed: whether they hold a sign.
        slope: RescaleSlope.
        intercept: RescaleIntercept.
        position: millimetres (x, y, z) of its first pixel; None where unknown.
        orientation: direction cosines along a row, then down a column; None where unknown.
        pixel_spacing: millimetres between rows, and between columns; None where unknown.
        between: SpacingBetweenSlices, or else SliceThickness; None where unknown.
    """

    file: Path
    frame: int
    n_frames: int
    series: str
    instance: str
    image_type: tuple[str, ...]
    syntax: str
    rows: int
    columns: int
    photometric: str
    allocated: int
    stored: int
    signed: bool
    slope: float
    intercept: float
    position: tuple[float, ...] | None
    orientation: tuple[float, ...] | None
    pixel_spacing: tuple[float, ...] | None
    between: float | None

    @property
    def samples(self) -> int:
        """Channels."""
        return _COLOURS[self.photometric]

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of its stored values."""
        return np.dtype(f"{'i' if self.signed else 'u'}{self.allocated // 8}")

    def scaled(self, stored: NDArray[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
        """Stored values as voxels."""
        if (self.slope, self.intercept) == (1.0, 0.0):
            return stored.astype(dtype, copy=False)
        if dtype.kind == "f":
            return (stored * self.slope + self.intercept).astype(dtype)
        return (stored.astype(np.int64) * int(self.slope) + int(self.intercept)).astype(dtype)


DAMAGE = (
    *(InvalidDicomError, EOFError, OSError, LookupError, ValueError),
    *(TypeError, AttributeError, ArithmeticError, RuntimeError),
)
"""What pydicom raises on damaged files, from one place or another."""


def read_slices(file: Path) -> list[Slice]:
    """Read a file's header; none of a DICOMDIR, which holds no image.

    Raises:
        AlsegError: it is damaged, holds no image, or one that is no grid of voxels, such as a segmentation.
    """
    check_regular(file)
    try:
        header = dcmread(file, stop_before_pixels=True, force=True)
    except DAMAGE as error:
        raise AlsegError(f"{file} cannot be read as DICOM: {error}") from error
    try:
        kind = header.get("SOPClassUID") or header.file_meta.get("MediaStorageSOPClassUID")
        if kind == MediaStorageDirectoryStorage:
            return []
        _check_kind(file, header, str(kind))
        return list(_slices(file, header))
    except DAMAGE as error:
        raise AlsegError(f"{file} has no usable DICOM header: {error}") from error


def _check_kind(file: Path, header: Dataset, kind: str) -> None:
    if kind == SegmentationStorage:
        raise AlsegError(
            f"{file} is a DICOM segmentation, which alseg does not read",
            hint="save it as a label map in NIfTI or NRRD",
        )
    if "Rows" not in header or "Columns" not in header:
        raise AlsegError(f"{file} is a DICOM file without an image, or truncated within its header")
    if _syntax(header) == DeflatedExplicitVRLittleEndian:
        raise AlsegError(f"{file} is DICOM deflated as a whole, which alseg does not read", hint="save it unpacked")
    if "MOSAIC" in header.get("ImageType", ()):
        raise AlsegError(f"{file} holds many slices as one mosaic", hint="convert the series by dcm2niix")
    photometric = header.PhotometricInterpretation
    if _COLOURS.get(photometric) != header.SamplesPerPixel:
        raise AlsegError(
            f"{file} has pixels of the kind {photometric} with {header.SamplesPerPixel} samples; "
            f"alseg reads {', '.join(_COLOURS)}"
        )
    if header.BitsAllocated not in {8, 16, 32} or not 0 < header.BitsStored <= header.BitsAllocated:
        raise AlsegError(
            f"{file} has {header.BitsStored} bits in {header.BitsAllocated}; alseg reads pixels in 8, 16 or 32 bits"
        )
    if header.HighBit != header.BitsStored - 1:
        raise AlsegError(f"{file} has its {header.BitsStored} bits elsewhere in a pixel than at its end")
    if "ModalityLUTSequence" in header:
        raise AlsegError(f"{file} gives the meaning of its pixels by a table (Modality LUT), which alseg does not read")


def _slices(file: Path, header: Dataset) -> Iterator[Slice]:
    n_frames = int(header.get("NumberOfFrames") or 1)
    frames = header.get("PerFrameFunctionalGroupsSequence", ())
    if n_frames != max(1, len(frames)):
        raise AlsegError(
            f"{file} has {n_frames} frames, but tells the places of {len(frames)}",
            hint="save each frame as an image of its own, or the scan in NIfTI",
        )
    for frame in range(n_frames):
        find = _finder(header, frames[frame] if frames else None)
        yield Slice(
            file=file,
            frame=frame,
            n_frames=n_frames,
            series=str(header.get("SeriesInstanceUID", "")),
            instance=f"{header.get('SOPInstanceUID', '')} {frame}",
            image_type=tuple(header.get("ImageType") or ()),
            syntax=str(_syntax(header)),
            rows=int(header.Rows),
            columns=int(header.Columns),
            photometric=str(header.PhotometricInterpretation),
            allocated=int(header.BitsAllocated),
            stored=int(header.BitsStored),
            signed=bool(header.PixelRepresentation),
            slope=_number(file, "RescaleSlope", find("PixelValueTransformationSequence", "RescaleSlope"), 1.0),
            intercept=_number(
                file, "RescaleIntercept", find("PixelValueTransformationSequence", "RescaleIntercept"), 0.0
            ),
            position=_numbers(file, 3, find("PlanePositionSequence", "ImagePositionPatient")),
            orientation=_numbers(file, 6, find("PlaneOrientationSequence", "ImageOrientationPatient")),
            pixel_spacing=_numbers(
                file, 2, find("PixelMeasuresSequence", "PixelSpacing") or header.get("ImagerPixelSpacing")
            ),
            between=_between(
                find("PixelMeasuresSequence", "SpacingBetweenSlices"), find("PixelMeasuresSequence", "SliceThickness")
            ),
        )


def _finder(header: Dataset, frame: Dataset | None) -> Callable[[str, str], Any]:
    """Look a value up: of a frame, of all frames, or, where there are no functional groups, of the file."""
    shared = header.get("SharedFunctionalGroupsSequence") or (None,)

    def find(group: str, name: str) -> Any:
        for place in (frame, shared[0]):
            if place is not None and place.get(group):
                return place[group][0].get(name)
        return header.get(name)

    return find


def _syntax(header: Dataset) -> str:
    implicit, _ = header.original_encoding
    syntax: str = header.file_meta.get("TransferSyntaxUID") or (
        ImplicitVRLittleEndian if implicit else ExplicitVRLittleEndian
    )
    return syntax


def _number(file: Path, name: str, value: Any, default: float) -> float:
    number = default if value is None or value == "" else float(value)
    if not math.isfinite(number) or (name == "RescaleSlope" and number == 0):
        raise AlsegError(f"{file} has the {name} {number}, with which its pixels mean nothing")
    return number


def _numbers(file: Path, count: int, values: Sequence[Any] | None) -> tuple[float, ...] | None:
    if not values:
        return None
    numbers = tuple(float(value) for value in values)
    if len(numbers) != count or not np.isfinite(numbers).all():
        raise AlsegError(f"{file} has {numbers} where {count} finite numbers say where it lies")
    return numbers


def _between(*candidates: Any) -> float | None:
    """The first that is a length."""
    lengths = (abs(float(value)) for value in candidates if value is not None and value != "")
    return next((length for length in lengths if math.isfinite(length) and length > 0), None)
