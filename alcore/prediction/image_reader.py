"""The dataset that reads and writes image files for a run."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from alcore.errors import AlsegError
from alcore.registry import Component, Registry
from alcore.scans import SourceImage
from alcore.specs import DatasetSpec
from alcore.store.info import StoreInfo


@runtime_checkable
class ReadsImages(Protocol):
    """A dataset that can also read an image without its label, and write volumes in the geometry of its source."""

    def read_image(self, files: Sequence[Path], slice_axis: int) -> SourceImage:
        """Read one scan, of one file or one file per channel, in the form that conversion gives scans.

        Args:
            files: the files of the scan.
            slice_axis: axis of the image (x, y, z = 0, 1, 2) that the slices run along.
        """
        ...

    def read_label(
        self, file: Path, image: SourceImage, values: Sequence[Sequence[int]], ignored: Sequence[int]
    ) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
        """Read an image's label map as it lies in its source, checked as conversion checks it.

        Args:
            file: the label map.
            image: the image it belongs to.
            values: label values of each part of the label map that is a class, or what some classes share.
            ignored: label values of voxels that count nowhere.

        Returns:
            (z, y, x) positions in ``values``, or 255 where a voxel counts nowhere; and what is odd about the label map.
        """
        ...

    def to_source(self, values: NDArray[np.float32], image: SourceImage) -> NDArray[np.float32]:
        """Bring (slices, k, height, width) values to the grid of the source, (k, z, y, x)."""
        ...

    def write_volume(self, path: Path, voxels: NDArray[Any], image: SourceImage) -> None:
        """Write (z, y, x) voxels as NIfTI, placed exactly as the source is."""
        ...


def image_reader(info: StoreInfo, registry: Registry) -> ReadsImages:
    """The dataset by which a store was converted; where that reads no files, another one of its distribution.

    Raises:
        AlsegError: there is none.
    """
    for component, options in _candidates(info, registry):
        try:
            dataset = component.build(component.parse_options(options))
        except AlsegError:
            continue  # the options of another dataset
        if isinstance(dataset, ReadsImages):
            return dataset
    raise AlsegError(
        f"no dataset of {info.distribution!r} reads image files, which {info.dataset!r} was converted by",
        hint="its plugin has to offer read_image and write_volume: see docs/predict.md",
    )


def _candidates(info: StoreInfo, registry: Registry) -> Iterator[tuple[Component[DatasetSpec], dict[str, Any]]]:
    known = [item for item in registry.components(DatasetSpec) if item.found.distribution == info.distribution]
    known.sort(key=lambda item: item.spec.name != info.dataset)
    for options in (dict(info.options), {}):
        for component in known:
            yield component, options


def label_values(info: StoreInfo) -> list[tuple[int, ...]]:
    """The values of label maps by class number, background first, of multi-label data too.

    Raises:
        AlsegError: the store says so of more or fewer classes than it has.
    """
    n_values = 1 + len(info.label_space.foreground)
    if len(info.label_values) not in {0, n_values}:
        raise AlsegError(
            f"the store of {info.dataset!r} knows label values of {len(info.label_values)} classes, not of {n_values}",
            hint="convert the dataset again",
        )
    return list(info.label_values) or [(number,) for number in range(n_values)]
