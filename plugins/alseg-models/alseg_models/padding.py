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
    """Pad (n, channels, *spatial) to ``size`` on both sides of each axis by repeating the border voxels.

    The border is repeated since what an empty voxel looks like depends on how the images were normalised.
    """
    spatial = images.shape[2:]
    pads = []
    for length, wanted in zip(reversed(spatial), reversed(size), strict=True):
        before = (wanted - length) // 2
        pads += [before, wanted - length - before]
    return F.pad(images, pads, mode="replicate") if any(pads) else images


def crop_to(images: Tensor, size: Sequence[int]) -> Tensor:
    """Undo :func:`pad_to`: cut the middle of ``size`` out of (n, channels, *spatial)."""
    for axis, length in enumerate(size, start=2):
        images = images.narrow(axis, (images.shape[axis] - length) // 2, length)
    return images
