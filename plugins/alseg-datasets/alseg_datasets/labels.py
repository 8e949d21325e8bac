"""From the values of a label map to class numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore import AlsegError

_UNKNOWN = 254
_NOISE = 0.01
"""A value this near a whole number was one before something computed with it."""


@dataclass(frozen=True)
class LabelNames:
    """What label maps mean.

    Args:
        names: names of all classes, background first.
        numbers: class number by label value.
    """

    names: tuple[str, ...]
    numbers: Mapping[int, int]


def class_numbers(values: NDArray[Any], numbers: Mapping[int, int], path: Path) -> NDArray[np.uint8]:
    """Map label values to class numbers.

    Args:
        values: a label map of any numeric type.
        numbers: class number by label value, both within 0 to 253.
        path: the file, for messages.

    Raises:
        AlsegError: a value is no whole number, or none of the known ones.
    """
    if values.dtype.kind == "f":
        whole = np.rint(values)
        odd = values[whole != values]
        if odd.size:
            noise = float(np.abs(whole - values).max())
            few = f"they are off by {noise:.1g} at most: round the label map and save it as integers"
            many = "a label map must hold class numbers; was it resampled with linear interpolation?"
            raise AlsegError(
                f"{path}: {odd.size} label values are not whole numbers, such as {odd[0]:.9g}",
                hint=few if noise < _NOISE else many,
            )
    table = np.full(256, _UNKNOWN, np.uint8)
    table[list(numbers)] = list(numbers.values())
    lowest, highest = values.min(), values.max()
    if lowest >= 0 and highest < len(numbers) and all(numbers.get(value) == value for value in range(len(numbers))):
        return values.astype(np.uint8)
    foreign = next((value for value in (lowest, highest) if not 0 <= value <= 255), None)
    if foreign is None:
        known = table[values.astype(np.uint8)]
        unknown = known == _UNKNOWN
        if not unknown.any():
            return known
        foreign = values[unknown][0]
    listed = ", ".join(str(value) for value in sorted(numbers))
    raise AlsegError(f"{path}: the label has the value {foreign:g}, which the dataset does not name; it names {listed}")
