"""Read a DICOM series: all headers first, then the pixels of each slice.

ITK takes the voxel type of a series from its first file, reads short pixel data from uninitialised memory, leaves out
files that it cannot parse, and averages over gaps, all without a word.
"""

import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray

from alcore import AlsegError
from alseg_datasets.dicom_pixels import read_pixels, voxel_type
from alseg_datasets.dicom_slices import Slice, read_slices
from alseg_datasets.dicom_stack import Stack, ordered
from alseg_datasets.regular_file import check_regular, check_size
from alseg_datasets.volume import Volume

warnings.filterwarnings("ignore", module="pydicom")
pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE  # what matters is checked here
_STARTS_WITHOUT_PREAMBLE = (b"\x02\0\0\0", b"\x08\0\0\0", b"\x08\0\x01\0", b"\x08\0\x05\0", b"\x08\0\x08\0")
_MARK = slice(128, 132)


def read_dicom(path: Path) -> Volume:
    """Read a file, of one slice or of many frames, or a folder that holds the files of one series.

    Voxels are stored values times RescaleSlope plus RescaleIntercept, in a type that holds those of every slice.

    Raises:
        AlsegError: there is none or several series, a file cannot be read, or the slices are no even stack.
    """
    files, of_files = _files_of(path) if path.is_dir() else ([path], ())
    slices = [one for file in files for one in read_slices(file)]
    _check_one_series(slices, path)
    stack = ordered(slices, path)
    voxels, of_pixels = _read_voxels(stack, path)
    return Volume(
        voxels,
        stack.spacing,
        stack.origin,
        stack.direction,
        warnings=(*of_files, *stack.warnings, *sorted(of_pixels)),
    )


def begins_as_dicom(path: Path) -> bool:
    """Whether a file has DICOM's mark, or begins as those written before there was one."""
    with path.open("rb") as file:
        start = file.read(_MARK.stop)
    return start[_MARK] == b"DICM" or start.startswith(_STARTS_WITHOUT_PREAMBLE)


def _files_of(folder: Path) -> tuple[list[Path], tuple[str, ...]]:
    """The DICOM files of a folder, and what is to be told of the others; hidden files are passed over."""
    there = sorted(file for file in folder.iterdir() if not file.name.startswith(".") and not file.is_dir())
    for file in there:
        check_regular(file)
    files = [file for file in there if begins_as_dicom(file)]
    if not files:
        raise AlsegError(
            f"{folder} holds no DICOM file", hint="a scan is an image file, or a folder with one DICOM series"
        )
    others = [file for file in there if file not in set(files)]
    endings = {file.suffix.lower() for file in files}
    for file in others:
        if file.suffix.lower() in endings:
            raise AlsegError(
                f"{file} is no DICOM file, though it is called like the others of its series",
                hint="copy or download it once more, or move it elsewhere",
            )
    names = ", ".join(file.name for file in others)
    return files, (f"left out, since it is no DICOM file: {names}",) if names else ()


def _check_one_series(slices: list[Slice], path: Path) -> None:
    first_of = {one.series: one.file.name for one in reversed(slices)}
    if len(first_of) == 1:
        return
    count = Counter(one.series for one in slices)
    listed = "; ".join(f"{count[series]} images from {name} on" for series, name in list(first_of.items())[:4])
    raise AlsegError(f"{path} holds {len(first_of)} DICOM series, not 1: {listed}", hint="give each its own folder")


def _read_voxels(stack: Stack, path: Path) -> tuple[NDArray[Any], set[str]]:
    """Voxels (channels, z, y, x) and what is odd about their files."""
    first = stack.slices[0]
    shape = (len(stack.slices), first.rows, first.columns, first.samples)
    dtype = voxel_type(stack.slices)
    files = sorted({one.file for one in stack.slices})
    check_size(path, int(np.prod(shape, dtype=object)) * dtype.itemsize, sum(map(check_regular, files)))
    voxels = np.empty(shape, dtype)
    odd: set[str] = set()
    for file in files:
        numbers = [number for number, one in enumerate(stack.slices) if one.file == file]
        pixels, of_file = read_pixels([stack.slices[number] for number in numbers])
        for number, values in zip(numbers, pixels, strict=True):
            voxels[number] = stack.slices[number].scaled(values, dtype)
        odd |= of_file
    return np.moveaxis(voxels, -1, 0), odd
