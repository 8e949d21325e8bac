"""From the values of a label map to class numbers."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore import IGNORED, AlsegError

_UNKNOWN = 254
_NOISE = 0.01
"""A value this near a whole number was one before something computed with it."""
_EXACT = 2**53
"""From here on, floating-point numbers skip whole ones."""
_LONGEST_TABLE = 2**20


@dataclass(frozen=True)
class LabelNames:
    """What label maps mean.

    Args:
        names: names of all classes, background first.
        numbers: class number by label value; any whole numbers are values. Numbers beyond the classes are those of
            what several classes share.
        ignored: label values of voxels that count nowhere.
        shared: the classes of each number beyond them.
    """

    names: tuple[str, ...]
    numbers: Mapping[int, int]
    ignored: frozenset[int] = frozenset()
    shared: tuple[tuple[int, ...], ...] = ()

    @classmethod
    def of_classes(cls, classes: Mapping[str, Collection[int]], ignored: Collection[int] = ()) -> "LabelNames":
        """What label maps mean in which a class is made of several values, and classes may share some.

        Args:
            classes: label values by class name; the background is the class with the value 0, and shares none.
            ignored: label values of voxels that count nowhere.
        """
        ordered = sorted(classes.items(), key=lambda item: (0 not in item[1], sorted(item[1])))
        members: dict[int, tuple[int, ...]] = {}
        for number, (_, values) in enumerate(ordered):
            members |= {value: (*members.get(value, ()), number) for value in values}
        shared = tuple(sorted({of_value for of_value in members.values() if len(of_value) > 1}))
        places = {(number,): number for number in range(len(ordered))}
        places |= {of_value: number for number, of_value in enumerate(shared, start=len(ordered))}
        numbers = {value: places[of_value] for value, of_value in members.items()}
        return cls(tuple(name for name, _ in ordered), numbers, frozenset(ignored), shared)

    @property
    def stored(self) -> dict[int, int]:
        """What is read for each label value: its number, or the mark of ignored voxels."""
        return {**self.numbers, **dict.fromkeys(self.ignored, IGNORED)}


def whole_values(values: NDArray[Any], path: Path) -> tuple[NDArray[Any], tuple[str, ...]]:
    """The values of a label map as integers, and warnings. Values at most 0.01 off a whole number are rounded.

    Args:
        values: a label map of any type.
        path: the file, for messages.

    Raises:
        AlsegError: values that are complex, NaN or infinite, or further off.
    """
    if values.dtype.kind in "iu":
        return values, ()
    if values.dtype.kind != "f":
        raise AlsegError(f"{path}: the label has values of the type {values.dtype}, which are no class numbers")
    whole = np.rint(values)
    far = ~(np.abs(whole - values) <= _NOISE)  # true of NaN and infinity, too
    if far.any():
        raise AlsegError(
            f"{path}: {np.count_nonzero(far)} label values are not whole numbers, such as {values[far][0]:.9g}",
            hint="a label map must hold class numbers; was it resampled with linear interpolation?",
        )
    largest = whole.flat[np.abs(whole).argmax()]
    if abs(largest) >= _EXACT:
        raise AlsegError(f"{path}: the label has the value {largest:g}, which is too large for a class number")
    rounded = ("values that were not quite whole, off by at most 0.01, were rounded",)
    return whole.astype(np.int64), () if np.array_equal(whole, values) else rounded


def class_numbers(values: NDArray[Any], numbers: Mapping[int, int], path: Path) -> NDArray[np.uint8]:
    """Map label values to what is stored for them.

    Args:
        values: a label map of integers.
        numbers: what is stored, from 0 to 253 or the mark of ignored voxels, by label value.
        path: the file, for messages.

    Raises:
        AlsegError: a value is none of the known ones.
    """
    known = np.array(sorted(numbers), np.int64)
    lowest, highest = int(values.min()), int(values.max())
    if lowest >= 0 and highest < len(numbers) and all(numbers.get(value) == value for value in range(highest + 1)):
        return values.astype(np.uint8)
    foreign = next((value for value in (lowest, highest) if value not in numbers), None)
    if foreign is None:
        stored = _looked_up(values, known, np.array([numbers[value] for value in known.tolist()], np.uint8))
        unknown = stored == _UNKNOWN
        if not unknown.any():
            return stored
        foreign = int(values[unknown][0])
    listed = ", ".join(map(str, known.tolist()))
    raise AlsegError(f"{path}: the label has the value {foreign}, which the dataset does not name; it names {listed}")


def _looked_up(values: NDArray[Any], known: NDArray[np.int64], stored: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """What is stored for values between the first and the last known one; :data:`_UNKNOWN` where one is not known."""
    first, last = int(known[0]), int(known[-1])
    if last - first < _LONGEST_TABLE:
        table = np.full(last - first + 1, _UNKNOWN, np.uint8)
        table[known - first] = stored
        return table[np.subtract(values, first, dtype=np.int64)]
    places = np.searchsorted(known, values)
    return np.where(known[places] == values, stored[places], np.uint8(_UNKNOWN))
