"""Let a network that halves its input take images of any size."""

from collections.abc import Sequence

import torch.nn.functional as F
from torch import Tensor


def padded_size(spatial: Sequence[int], multiple: int) -> tuple[int, ...]:
    """The size to work on: each axis rounded up to ``multiple``, the last doubled if the bottleneck were one voxel.

    Normalisation layers refuse to train on a single value per channel, which is what a batch of one small image would
    leave at the bottleneck.
    """
    size = [-(-length // multiple) * multiple for length in spatial]
    if all(length == multiple for length in size):
        size[-1] *= 2
    return tuple(size)


def pad_to(images: Tensor, size: Sequence[int]) -> Tensor:
    """Pad (n, channels, *spatial) to ``size`` with zeros at the end of each axis.

    Zeros at the end are what training batches of mixed sizes are padded with, and what convolutions see beyond their
    input: a slice looks the same to the network in any batch.
    """
    pads: list[int] = []
    for length, wanted in zip(reversed(images.shape[2:]), reversed(size), strict=True):
        pads += [0, wanted - length]
    return F.pad(images, pads) if any(pads) else images


def crop_to(images: Tensor, size: Sequence[int]) -> Tensor:
    """Undo :func:`pad_to`: cut the first ``size`` voxels out of (n, channels, *spatial)."""
    for axis, length in enumerate(size, start=2):
        images = images.narrow(axis, 0, length)
    return images
