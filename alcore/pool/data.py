"""Open the three splits of a store as tables, images and labels."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import psutil
import torch

from alcore.errors import AlsegError
from alcore.pool.normalise import intensity_map
from alcore.pool.options import PoolOptions
from alcore.pool.readers import ImageReader, LabelReader
from alcore.pool.slices import ResidentSlices, SliceReader, SliceTensors, StreamingSlices, n_bytes
from alcore.pool.table import SliceTable
from alcore.scans import SPLITS, Split

if TYPE_CHECKING:
    from alcore.store.reader import SliceStore

MIB = 2**20
FREE_SHARE = 0.5
"""Share of the device's free memory that slices may take by default."""


Hold = Callable[[SliceReader], SliceTensors]
"""Makes tensors of what a reader reads: resident or streaming."""


@dataclass(frozen=True)
class SplitData:
    """The slices of one split.

    Args:
        table: which they are.
        images: their images.
        truth: reads their labels.
        hold: makes tensors of them.
    """

    table: SliceTable
    images: SliceTensors
    truth: SliceReader
    hold: Hold

    @cached_property
    def labels(self) -> SliceTensors:
        """The labels, as tensors from the first time that they are asked for: never of the pool of a run."""
        return self.hold(self.truth)


@dataclass(frozen=True)
class PoolData:
    """The splits of a store that have scans, and whether they are resident on the device."""

    splits: dict[Split, SplitData]
    resident: bool
    n_bytes: int


def open_splits(store: "SliceStore", options: PoolOptions, device: torch.device) -> PoolData:
    """Open all splits: resident on ``device`` if they fit the memory budget, else streaming.

    Raises:
        AlsegError: the store has no training or no validation scans.
    """
    intensities = intensity_map(store.scans.statistics, options)
    readers: dict[Split, tuple[ImageReader, LabelReader]] = {}
    for split in SPLITS:
        scans = store.scans.indices(split)
        if len(scans):
            table = SliceTable.of(store, scans)
            readers[split] = (ImageReader(store, table, intensities), LabelReader(store, table))
        elif split != "test":
            raise AlsegError(
                f"{store.path} has no {split} scans", hint="convert the dataset again with scans in both splits"
            )
    size = sum(n_bytes(reader) for pair in readers.values() for reader in pair)
    resident = size <= _budget(options, device)
    make = ResidentSlices if resident else StreamingSlices

    def tensors(reader: SliceReader) -> SliceTensors:
        return make(reader, device)

    splits = {
        split: SplitData(images.table, tensors(images), labels, tensors) for split, (images, labels) in readers.items()
    }
    return PoolData(splits, resident, size)


def _budget(options: PoolOptions, device: torch.device) -> float:
    if options.memory_budget is not None:
        return options.memory_budget * MIB
    if device.type == "cuda":
        return FREE_SHARE * float(torch.cuda.mem_get_info(device)[0])
    return FREE_SHARE * float(psutil.virtual_memory().available)
