"""Read a label map by itself: its values, as integers, before it is known what they mean."""

from dataclasses import replace
from pathlib import Path

from alcore import AlsegError
from alseg_datasets.images import read_volume
from alseg_datasets.labels import whole_values
from alseg_datasets.volume import Volume


def read_label_file(path: Path) -> Volume:
    """Read a label map: one channel of integers. Of a picture with a palette they are positions in it.

    Raises:
        AlsegError: the file cannot be read, has several channels, or values that are no whole numbers.
    """
    volume = read_volume(path)
    if len(volume.voxels) != 1:
        raise AlsegError(
            f"{path}: the label has {len(volume.voxels)} channels, not 1",
            hint="a label map holds one value per voxel; colours have to be turned into class numbers",
        )
    values, rounded = whole_values(volume.voxels, path)
    return replace(volume, voxels=values, warnings=volume.warnings + rounded)
