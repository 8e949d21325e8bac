"""Read and write NIfTI files: with isal and nibabel reading is several times as fast as with ITK.

Besides, ITK reads what a truncated file lacks as zeros, and places a scan by what it can use of the header, both
without a word.
"""

from pathlib import Path
from typing import Any

import nibabel
import numpy as np
from numpy.typing import NDArray

from alcore import AlsegError
from alseg_datasets.detached import beside
from alseg_datasets.nifti_header import LONGEST, parse_header
from alseg_datasets.nifti_placement import place
from alseg_datasets.regular_file import Content
from alseg_datasets.volume import MILLIMETRES, Volume, check_values

_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])
_PAIRED = {".hdr": ".img", ".img": ".hdr"}


def files_of_pair(path: Path) -> tuple[Path, ...]:
    """The header and the voxels of an ``.hdr/.img`` pair, either of which ``path`` may be; ``path`` alone of any other.

    Raises:
        AlsegError: the other one is missing, or a link to another folder.
    """
    ending = _ending(path)
    if ending not in _PAIRED:
        return (path,)
    stem = path.name[: path.name.lower().rindex(ending)]
    others = {stem + _PAIRED[ending], stem + _PAIRED[ending] + ".gz"}
    found = sorted(other for other in path.parent.iterdir() if other.name in _cases(others, stem))
    if len(found) != 1:
        what = f"there are {len(found)} of them" if found else "it is missing"
        raise AlsegError(f"{path} needs {stem}{_PAIRED[ending]} beside it, and {what}")
    other = beside(path, found[0].name)
    return (path, other) if ending == ".hdr" else (other, path)


def read_nifti(path: Path) -> Volume:
    """Read a NIfTI-1 or NIfTI-2 file, or an ``.hdr/.img`` pair, of ANALYZE 7.5 too.

    Axes after the third that have more than one voxel are channels; there may be one of them.

    Raises:
        AlsegError: the file cannot be read, is truncated, damaged or no NIfTI file, cannot be placed, has voxels that
            are no numbers of float32, or more than four dimensions.
    """
    header_file, *voxel_file = files_of_pair(path)
    first = Content(header_file)
    header = parse_header(header_file, first.start(LONGEST), in_pair=bool(voxel_file))
    content = Content(voxel_file[0]) if voxel_file else first
    stored = np.frombuffer(content.exactly(header.end), header.dtype, offset=header.offset)
    voxels = stored.reshape(header.shape, order="F").T
    if header.slope is not None:
        with np.errstate(over="ignore"):  # what exceeds float32 becomes infinite, and is refused
            voxels = (voxels * header.slope + header.intercept).astype(np.float32)
    check_values(path, voxels)
    spacing, origin, direction, frame, warnings = place(header_file, header)
    return Volume(_with_channels(voxels, path), spacing, origin, direction, warnings=warnings, frame=frame)


def write_nifti(path: Path, volume: Volume) -> None:
    """Write a volume of one channel, placed exactly as it is; sheared, or nowhere, where it is so.

    Raises:
        OSError: it cannot be written.
    """
    unit = MILLIMETRES[volume.frame.unit]
    image = nibabel.Nifti1Image(np.ascontiguousarray(volume.voxels[0].T), None, dtype=volume.voxels.dtype)
    header = image.header
    header.set_xyzt_units(volume.frame.unit)
    if volume.frame.code:
        affine = _TO_RAS @ volume.affine
        affine[:3] /= unit
        header.set_sform(affine, volume.frame.code)
        if not volume.sheared:
            header.set_qform(affine, volume.frame.code)
    header.set_zooms([length / unit for length in volume.spacing])
    nibabel.save(image, path)


def _ending(path: Path) -> str:
    return Path(path.name.lower().removesuffix(".gz")).suffix


def _cases(names: set[str], stem: str) -> set[str]:
    """File names whose endings are written in small letters, in capitals, or with one capital."""
    endings = {name[len(stem) :] for name in names}
    return {stem + form for ending in endings for form in (ending, ending.upper(), "." + ending[1:].capitalize())}


def _with_channels(voxels: NDArray[Any], path: Path) -> NDArray[Any]:
    """Turn (y, x), (z, y, x) or (c, z, y, x), with axes of one voxel before them or not, into (channels, z, y, x)."""
    space = voxels.shape[-3:]
    further = [length for length in voxels.shape[:-3] if length > 1]
    if len(further) > 1:
        raise AlsegError(f"{path} has {3 + len(further)} dimensions, channels included, not at most 4")
    return voxels.reshape((further[0] if further else 1, *(1,) * (3 - len(space)), *space))
