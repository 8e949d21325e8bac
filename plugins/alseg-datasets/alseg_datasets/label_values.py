"""What values label maps hold, read from their voxels."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from alcore import AlsegError
from alseg_datasets.images import read_volume
from alseg_datasets.label_file import read_label_file

MOST_VALUES = 254
_MOST_LOOKED_AT = 40
_FEW = 16


@cache
def values_of(path: Path) -> frozenset[int]:
    """The values of a label map.

    Raises:
        AlsegError: it cannot be read, holds no whole numbers, or has too many different values for a label map.
    """
    found = np.unique(read_label_file(path).voxels)
    if len(found) > MOST_VALUES:
        raise AlsegError(f"{path} has {len(found)} different values, too many for a label map")
    return frozenset(map(int, found))


def labels_by_content(folder: Path, paths: Sequence[str]) -> frozenset[str]:
    """Those of ``paths`` that look like label maps; one file is read of all whose names differ in digits alone."""
    alike: dict[str, list[str]] = {}
    for path in paths:
        alike.setdefault(re.sub(r"\d+", "#", path), []).append(path)
    if len(alike) > _MOST_LOOKED_AT:
        return frozenset()
    return frozenset(path for group in alike.values() if _looks_like_label(folder / group[0]) for path in group)


def _looks_like_label(path: Path) -> bool:
    try:
        voxels = read_volume(path).voxels
        whole = voxels.dtype.kind in "iu" or bool((np.rint(voxels) == voxels).all())
        return len(voxels) == 1 and whole and voxels.min() >= 0 and 2 <= len(np.unique(voxels)) <= _FEW
    except AlsegError:
        return False


def union(paths: Iterable[Path]) -> list[int]:
    """The values of all ``paths`` and 0, ascending."""
    return sorted(frozenset({0}).union(*map(values_of, paths)))
