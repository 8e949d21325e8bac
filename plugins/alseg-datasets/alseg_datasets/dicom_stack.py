"""Whether slices make up one even stack, and where it lies."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore import AlsegError
from alseg_datasets.dicom_slices import Slice

_TURN = 1e-3
"""Direction cosines that differ by less are those of one orientation."""
_SAME_PLACE = 1e-3
_UNEVEN = 0.01
_GAP = 0.5
"""Share of the step between slices by which a step may differ: told beyond the first, refused beyond the second."""
_SHIFT = 0.1
"""Share of a pixel by which slices may be shifted against each other."""
_FEW = 3


@dataclass(frozen=True)
class Stack:
    """Slices in the order in which they lie, and the grid that they form.

    Args:
        slices: along the normal, ascending.
        spacing: millimetres along (x, y, z).
        origin: position of the first voxel in millimetres (x, y, z), LPS.
        direction: (3, 3) direction cosines, axes in columns.
        warnings: what is odd though it can be used.
    """

    slices: Sequence[Slice]
    spacing: tuple[float, float, float]
    origin: tuple[float, float, float]
    direction: NDArray[np.float64]
    warnings: tuple[str, ...]


def ordered(slices: Sequence[Slice], path: Path) -> Stack:
    """Order the slices of a series.

    Raises:
        AlsegError: they differ in size, kind or orientation, lie at the same place, are shifted against each other as
            by a tilted gantry, one is missing between others, or nothing tells where they lie.
    """
    if not slices:
        raise AlsegError(f"{path} holds no image")
    _check_alike(slices, "size", lambda one: f"{one.columns}x{one.rows}")
    _check_alike(slices, "kind", lambda one: one.photometric)
    _check_alike(slices, "pixel spacing", lambda one: one.pixel_spacing and tuple(np.round(one.pixel_spacing, 4)))
    _check_alike(slices, "kind", lambda one: "localizer" if "LOCALIZER" in one.image_type else "no localizer")
    warnings = ["MONOCHROME1: low values are the bright ones"] if slices[0].photometric == "MONOCHROME1" else []
    first = slices[0]
    if first.pixel_spacing is None:
        warnings.append("the file has no pixel spacing: it is taken to be 1 mm")
    if len(slices) == 1 and (first.position is None or first.orientation is None):
        warnings.append("the file does not tell where the image lies")
        direction, slices, steps, origin = np.eye(3), list(slices), np.array([]), np.zeros(3)
    else:
        direction = _direction(slices)
        slices, steps, origin = _sorted(slices, direction)
    step = float(steps.mean()) if steps.size else first.between or 1.0
    if steps.size and np.abs(steps - step).max() > _UNEVEN * step:
        warnings.append(f"slices are {steps.min():.4g} to {steps.max():.4g} mm apart; {step:.4g} mm are taken for all")
    rows, columns = first.pixel_spacing or (1.0, 1.0)
    x, y, z = (float(value) + 0.0 for value in origin)
    return Stack(slices, (columns, rows, step), (x, y, z), direction, tuple(warnings))


def _check_alike(slices: Sequence[Slice], what: str, key: Callable[[Slice], Any]) -> None:
    """Name the slices that differ from most."""
    count = Counter(map(key, slices))
    if len(count) > 1:
        usual = count.most_common(1)[0][0]
        odd = [one for one in slices if key(one) != usual]
        raise AlsegError(
            f"{_named(odd)} differ{'s' if len(odd) == 1 else ''} in {what} from the other slices of the series: "
            f"{key(odd[0])}, not {usual}",
            hint="move what does not belong to the scan to another folder",
        )


def _direction(slices: Sequence[Slice]) -> NDArray[np.float64]:
    for one in slices:
        if one.position is None or one.orientation is None:
            raise AlsegError(f"{_named([one])} does not tell its ImagePositionPatient and ImageOrientationPatient")
    cosines = np.array([one.orientation for one in slices])
    usual = np.median(cosines, axis=0)
    odd = [one for one, far in zip(slices, np.abs(cosines - usual).max(axis=1) > _TURN, strict=True) if far]
    if odd:
        raise AlsegError(
            f"{_named(odd)} differ{'s' if len(odd) == 1 else ''} in orientation from the other slices of the series",
            hint="move what does not belong to the scan, such as a localizer, to another folder",
        )
    along_row, down_column = cosines[0, :3], cosines[0, 3:]
    lengths = np.array([along_row @ along_row, down_column @ down_column])
    if np.abs(lengths - 1).max() > 2 * _TURN or abs(along_row @ down_column) > 2 * _TURN:
        raise AlsegError(
            f"{_named(slices[:1])} has an ImageOrientationPatient whose axes are not orthogonal and of length 1"
        )
    return np.stack([along_row, down_column, np.cross(along_row, down_column)], axis=1) + 0.0


def _sorted(
    slices: Sequence[Slice], direction: NDArray[np.float64]
) -> tuple[list[Slice], NDArray[np.float64], NDArray[np.float64]]:
    """Slices along the normal, the steps between them, and the position of the first."""
    places = np.array([one.position for one in slices]) @ direction
    order = np.argsort(places[:, 2], kind="stable")
    slices, places = [slices[number] for number in order], places[order]
    steps = np.diff(places[:, 2])
    _check_distinct(slices, steps)
    _check_steps(slices, steps)
    rows, columns = slices[0].pixel_spacing or (1.0, 1.0)
    shifts = np.abs(places[:, :2] - places[0, :2])
    if (shifts > _SHIFT * np.array([columns, rows])).any():
        raise AlsegError(
            f"{_named([slices[0], slices[-1]])}: the slices between are shifted against each other by up to "
            f"{shifts.max():.4g} mm, as by a tilted gantry",
            hint="convert the series by dcm2niix, which corrects the tilt",
        )
    return slices, steps, np.array(slices[0].position)


def _check_distinct(slices: Sequence[Slice], steps: NDArray[np.float64]) -> None:
    for number in np.flatnonzero(steps < _SAME_PLACE).tolist():
        one, other = slices[number], slices[number + 1]
        if one.instance == other.instance:
            raise AlsegError(f"{_named([one, other])} are the same image", hint="remove one of them")
        raise AlsegError(
            f"{_named([one, other])} lie at the same place: the series is of several volumes, such as time points",
            hint="give each volume its own folder",
        )


def _check_steps(slices: Sequence[Slice], steps: NDArray[np.float64]) -> None:
    if not steps.size:
        return
    usual = float(np.median(steps))
    worst = int(np.abs(steps - usual).argmax())
    if abs(steps[worst] - usual) > _GAP * usual + _SAME_PLACE:
        raise AlsegError(
            f"{_named(slices[worst : worst + 2])} are {steps[worst]:.4g} mm apart, most slices of the series "
            f"{usual:.4g} mm: slices are missing or of several volumes",
            hint="complete the series, or leave the scan out",
        )


def _named(slices: Sequence[Slice]) -> str:
    names = [f"{one.file.name} (frame {one.frame + 1})" if one.n_frames > 1 else one.file.name for one in slices[:_FEW]]
    more = len(slices) - _FEW
    return f"{slices[0].file.parent}: " + " and ".join(names) + (f" and {more} more" if more > 0 else "")
