"""Where a NIfTI header places its volume.

By the standard's rules: the sform if its code is above 0, else the qform if its code is, else nothing but the spacing.
See https://nifti.nimh.nih.gov/pub/dist/src/niftilib/nifti1.h, "3D IMAGE (VOLUME) ORIENTATION AND LOCATION IN SPACE".
"""

from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from nibabel.quaternions import fillpositive, quat2mat
from numpy.typing import NDArray

from alcore import AlsegError
from alseg_datasets.nifti_header import NiftiHeader
from alseg_datasets.volume import MILLIMETRES, Frame, Unit

Matrix = NDArray[np.float64]
Placed = tuple[tuple[float, float, float], tuple[float, float, float], Matrix, Frame, tuple[str, ...]]
"""Spacing, origin, direction, frame and warnings of a volume."""

_UNITS: dict[int, Unit] = {0: "mm", 1: "meter", 2: "mm", 3: "micron"}
_TO_LPS = np.array([-1.0, -1.0, 1.0])
_SAME = 1e-5
"""A spacing and a column of an affine that differ by less are one number, rounded in two ways."""
_NEARLY_SAME = 1e-3
_FLAT = 1e-4
"""Axes of length 1 that span less volume lie in one plane."""
_APART = 0.1
"""Voxels; sform and qform that place a corner further apart disagree."""
_UNKNOWN_SPACE = 2


def place(path: Path, header: NiftiHeader) -> Placed:
    """Say where a volume lies.

    Raises:
        AlsegError: the header places it, but by nothing usable, or its spacing is none.
    """
    if header.analyze:
        spacing = _spacing(path, _pixdim(header))
        return spacing, (0.0, 0.0, 0.0), np.eye(3), Frame(0), ("ANALYZE 7.5 does not say how the scan is oriented",)
    fields, warnings = header.fields, []
    code = int(fields["xyzt_units"]) & 7
    if code not in _UNITS:
        warnings.append(f"the unit of length has the unknown code {code} and is taken for millimetres")
    unit = _UNITS.get(code, "mm")
    found = _affine(path, header, warnings)
    if found is None:
        return _scaled(_spacing(path, _pixdim(header)), np.zeros(3), np.eye(3), Frame(0, unit), warnings)
    affine, space = found
    columns = affine[:3, :3]
    lengths, stated = np.linalg.norm(columns, axis=0), _pixdim(header)
    told = np.arange(3) < len(header.shape)
    if not np.allclose(lengths[told], stated[told], rtol=_NEARLY_SAME, atol=0):
        warnings.append("pixdim is another spacing than that of the affine, which counts")
    spacing = np.where(np.isclose(lengths, stated, rtol=_SAME, atol=0), stated, lengths)
    frame = Frame(space if 1 <= space <= 5 else _UNKNOWN_SPACE, unit)
    return _scaled(spacing, _TO_LPS * affine[:3, 3], _TO_LPS[:, None] * columns / spacing, frame, warnings)


def _scaled(spacing: Matrix, origin: Matrix, direction: Matrix, frame: Frame, warnings: list[str]) -> Placed:
    unit = MILLIMETRES[frame.unit]
    x, y, z = (spacing * unit).tolist()
    across, back, up = (origin * unit + 0.0).tolist()  # no negative zeros
    return (x, y, z), (across, back, up), direction + 0.0, frame, tuple(warnings)


def _affine(path: Path, header: NiftiHeader, warnings: list[str]) -> tuple[Matrix, int] | None:
    """The affine that counts, RAS in the file's unit, and the code of its space; None where there is none."""
    usable: list[tuple[Matrix, int]] = []
    faults = []
    for name, code, read in _forms(header):
        affine = read(header)
        fault = _fault(affine)
        if fault:
            faults.append(f"the {name} {fault}")
        else:
            usable.append((affine, code))
    if faults and not usable:
        raise AlsegError(
            f"{path} cannot be placed: {' and '.join(faults)}",
            hint="mend its header, or set sform_code and qform_code to 0: then pixdim alone tells the spacing",
        )
    warnings += [f"{fault}, so that the other one counts" for fault in faults]
    if len(usable) == 2 and _distance(usable[0][0], usable[1][0], header.shape) > _APART:
        warnings.append("sform and qform place the scan in different ways; the sform counts")
    return usable[0] if usable else None


def _forms(header: NiftiHeader) -> Iterator[tuple[str, int, Callable[[NiftiHeader], Matrix]]]:
    for name, read in (("sform", _sform), ("qform", _qform)):
        code = int(header.fields[f"{name}_code"])
        if code > 0:
            yield name, code, read


def _sform(header: NiftiHeader) -> Matrix:
    rows = [header.fields[f"srow_{axis}"].astype(np.float64) for axis in "xyz"]
    return np.vstack([*rows, (0.0, 0.0, 0.0, 1.0)])


def _qform(header: NiftiHeader) -> Matrix:
    fields: Any = header.fields
    b, c, d = (float(fields[f"quatern_{part}"]) for part in "bcd")
    affine = np.full((4, 4), np.nan)
    affine[3] = 0.0, 0.0, 0.0, 1.0
    if b * b + c * c + d * d <= 1 + _NEARLY_SAME:  # never true of NaN
        rotation = quat2mat(fillpositive((b, c, d), w2_thresh=-2 * _NEARLY_SAME))
        flip = -1.0 if fields["pixdim"][0] < 0 else 1.0
        affine[:3, :3] = rotation * _pixdim(header) * (1.0, 1.0, flip)
        affine[:3, 3] = [float(fields[f"qoffset_{axis}"]) for axis in "xyz"]
    return affine


def _fault(affine: Matrix) -> str:
    if not np.isfinite(affine).all():
        return "holds no usable numbers"
    lengths = np.linalg.norm(affine[:3, :3], axis=0)
    if not lengths.all():
        return "gives voxels no size along an axis"
    if abs(np.linalg.det(affine[:3, :3] / lengths)) < _FLAT:
        return "has axes that lie in one plane"
    return ""


def _distance(one: Matrix, other: Matrix, shape: tuple[int, ...]) -> float:
    """How far apart, in voxels of the first, two affines place a corner of the volume, at most."""
    x, y, z = (*shape, 1, 1)[:3]
    corners = np.array([(*corner, 1.0) for corner in product((0, x - 1), (0, y - 1), (0, z - 1))])
    apart = np.linalg.norm(corners @ (one - other).T, axis=1).max()
    return float(apart / np.linalg.norm(one[:3, :3], axis=0).min())


def _pixdim(header: NiftiHeader) -> Matrix:
    """The stated spacing along (x, y, z) in the file's unit; 1 along axes that the image does not have."""
    stated: Matrix = header.fields["pixdim"][1:4].astype(np.float64)
    missing = (np.arange(3) >= len(header.shape)) & (stated == 0)
    return np.where(missing, 1.0, stated)


def _spacing(path: Path, stated: Matrix) -> Matrix:
    """The stated spacing, where nothing else tells it."""
    if not (np.isfinite(stated).all() and (stated > 0).all()):
        numbers = " x ".join(f"{value:g}" for value in stated)
        raise AlsegError(
            f"{path} tells no usable spacing: its pixdim is {numbers}, and it has neither sform nor qform",
            hint="write the spacing into its header, in millimetres",
        )
    return stated
