"""What a store contains, as figures for people and scripts. Reads the index alone."""

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.scans import SPLITS
from alcore.store import format
from alcore.store.info import ScanTable
from alcore.store.reader import SliceStore


@dataclass(frozen=True)
class Spread:
    """Least, median and greatest value over the scans."""

    least: float
    median: float
    greatest: float

    @classmethod
    def of(cls, values: NDArray[Any]) -> "Spread":
        """Spread of a one-dimensional array; NaN entries do not count."""
        known = values[~np.isnan(values)]
        if not known.size:
            return cls(float("nan"), float("nan"), float("nan"))
        return cls(float(known.min()), float(np.median(known)), float(known.max()))


@dataclass(frozen=True)
class StoreDescription:
    """What a store contains.

    Args:
        path: the file.
        dataset: the dataset's name.
        synthetic: whether the images were generated, not measured.
        plugin: distribution and version that read the data.
        licence: licence of the data.
        reference: source of the data.
        fingerprint: see :class:`alcore.store.info.StoreInfo`.
        options: the dataset's options.
        conversion: options of the conversion.
        multi_label: whether a voxel may belong to several classes.
        n_bytes: size of the file.
        scans: number of scans by split.
        groups: groups of scans, such as patients, by split: the names of the scans of each. Scans that are groups
            of their own are not among them.
        slices: number of slices by split.
        foreground_slices: slices with at least one foreground voxel, by split.
        slices_per_scan: over the scans.
        height: rows of a slice, over the scans.
        width: columns of a slice, over the scans.
        spacing: millimetres along slices, rows and columns, over the scans.
        class_shares: share of all labelled voxels by class; of overlapping classes the shares may exceed 1 together.
        intensity: by channel and statistic, over the scans.
        warnings: what is odd, one sentence each.
    """

    path: str
    dataset: str
    synthetic: bool
    plugin: str
    licence: str
    reference: str
    fingerprint: str
    options: Mapping[str, Any]
    conversion: Mapping[str, Any]
    multi_label: bool
    n_bytes: int
    scans: dict[str, int]
    groups: dict[str, dict[str, list[str]]]
    slices: dict[str, int]
    foreground_slices: dict[str, int]
    slices_per_scan: Spread
    height: Spread
    width: Spread
    spacing: tuple[Spread, Spread, Spread]
    class_shares: dict[str, float]
    intensity: dict[str, dict[str, Spread]]
    warnings: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The fields, as JSON holds them: what is not defined is null."""
        fields: dict[str, Any] = _without_nan(asdict(self))
        return fields


def describe_store(path: Path) -> StoreDescription:
    """Describe the store at ``path``.

    Raises:
        AlsegError: there is no such store, or it is damaged.
    """
    with SliceStore.open(path) as store:
        info, scans = store.info, store.scans
    members = {split: scans.indices(split) for split in SPLITS}
    voxels = int((scans.n_slices.astype(np.int64) * scans.height * scans.width).sum())
    across, down, along = (Spread.of(scans.spacing[:, axis]) for axis in range(3))
    return StoreDescription(
        path=str(path),
        dataset=info.dataset,
        synthetic=info.synthetic,
        plugin=f"{info.distribution} {info.version}",
        licence=info.licence,
        reference=info.reference,
        fingerprint=info.fingerprint,
        options=info.options,
        conversion=info.conversion,
        multi_label=info.multi_label,
        n_bytes=path.stat().st_size,
        scans={split: len(indices) for split, indices in members.items()},
        groups={split: _groups(scans, indices) for split, indices in members.items()},
        slices={split: int(scans.n_slices[indices].sum()) for split, indices in members.items()},
        foreground_slices={split: int(scans.foreground_slices[indices].sum()) for split, indices in members.items()},
        slices_per_scan=Spread.of(scans.n_slices),
        height=Spread.of(scans.height),
        width=Spread.of(scans.width),
        spacing=(across, down, along),
        class_shares={
            name: float(count / voxels)
            for name, count in zip(info.class_names, scans.class_voxels.sum(axis=0), strict=True)
        },
        intensity={
            channel: {name: Spread.of(scans.statistics[name][:, number]) for name in format.STATISTIC_NAMES}
            for number, channel in enumerate(info.channel_names)
        },
        warnings=tuple(_warnings(scans)),
    )


def _groups(scans: ScanTable, indices: NDArray[np.int64]) -> dict[str, list[str]]:
    members: dict[str, list[str]] = defaultdict(list)
    for scan in indices:
        if scans.groups[scan]:
            members[scans.groups[scan]].append(scans.ids[scan])
    return dict(sorted(members.items()))


def _without_nan(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_nan(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(item) for item in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def _warnings(scans: ScanTable) -> list[str]:
    by_sentence: dict[str, list[str]] = defaultdict(list)
    for name, sentences in zip(scans.ids, scans.warnings, strict=True):
        for sentence in sentences:
            by_sentence[sentence].append(name)
    empty = [name for name, slices in zip(scans.ids, scans.foreground_slices, strict=True) if slices == 0]
    if empty:
        by_sentence["the label has no foreground"] = empty
    same: dict[str, list[str]] = defaultdict(list)
    for name, content in zip(scans.ids, scans.image_content, strict=True):
        same[content].append(name)
    found = [f"{sentence}: {_some(names)}" for sentence, names in by_sentence.items()]
    found += [f"scans with the same image: {_some(names)}" for names in same.values() if len(names) > 1]
    split_of = dict(zip(scans.ids, scans.split.tolist(), strict=True))
    for names in same.values():
        if len({split_of[name] for name in names}) > 1:
            found.append(f"the same image is in several splits: {_some(names)}")
    return found


def _some(names: list[str], most: int = 5) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
