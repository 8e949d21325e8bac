"""Flip, rotate and scale batches of images with their labels, each about the centre of its own content.

Images are (n, channels, *spatial) and targets (n, [classes,] *spatial) in two or three dimensions. A batch is padded:
``extent`` (n, dims) holds the voxels of each image's content, which lies in the upper left. Padding stays where it
is, 0 in images and ``IGNORED`` in targets, so that what becomes of an image does not depend on its batch mates.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from alcore import IGNORED


def inside(extent: Tensor, spatial: torch.Size) -> Tensor:
    """Which voxels are content, (n, *spatial)."""
    mask = torch.ones((len(extent), *spatial), dtype=torch.bool, device=extent.device)
    for axis, size in enumerate(spatial):
        along = torch.arange(size, device=extent.device) < extent[:, axis, None]
        mask &= along.view(len(extent), *(size if axis == other else 1 for other in range(len(spatial))))
    return mask


def flip(images: Tensor, target: Tensor, flipped: Tensor, extent: Tensor) -> tuple[Tensor, Tensor]:
    """Flip images and targets along the axes marked in ``flipped`` (n, dims), exactly."""
    for axis, size in enumerate(images.shape[2:]):
        place, stop = torch.arange(size, device=images.device), extent[:, axis, None]
        source = torch.where(flipped[:, axis, None] & (place < stop), stop - 1 - place, place)
        images, target = (_gather_along(content, axis - extent.shape[1], source) for content in (images, target))
    return images, target


def warp(images: Tensor, target: Tensor, matrix: Tensor, extent: Tensor) -> tuple[Tensor, Tensor]:
    """Give each voxel the content found at ``matrix`` times its place, seen from the centre of the content.

    Images are interpolated linearly with 0 around them; a target is that of the nearest voxel, ``IGNORED`` outside.

    Args:
        images: float.
        target: uint8.
        matrix: (n, dims, dims), in voxels along the axes in their order.
        extent: (n, dims).
    """
    spatial = images.shape[2:]
    axes = [torch.arange(size, dtype=matrix.dtype, device=images.device) for size in spatial]
    place = torch.stack(torch.meshgrid(*axes, indexing="ij"), dim=-1).flatten(0, -2)
    centre = (extent.to(matrix.dtype) - 1)[:, None] / 2
    source = (place - centre) @ matrix.transpose(1, 2) + centre
    content = inside(extent, spatial)
    # grid_sample counts from -1 to 1 over the whole tensor, last axis first.
    size = torch.tensor(spatial, dtype=matrix.dtype, device=images.device)
    grid = ((2 * source + 1) / size - 1).flip(-1).view(len(images), *spatial, len(spatial))
    warped = F.grid_sample(images, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
    return warped * content[:, None], _nearest(target, source, extent, content)


def _nearest(target: Tensor, source: Tensor, extent: Tensor, content: Tensor) -> Tensor:
    nearest = (source + 0.5).floor().long()
    known = ((nearest >= 0) & (nearest < extent[:, None])).all(dim=-1) & content.flatten(1)
    spatial = content.shape[1:]
    flat = torch.zeros_like(nearest[..., 0])
    for axis, size in enumerate(spatial):
        flat = flat * size + nearest[..., axis].clamp(0, size - 1)
    classes = target.shape[1 : target.dim() - len(spatial)]
    flat, known = (part.view(len(target), *[1] * len(classes), -1) for part in (flat, known))
    values = target.flatten(-len(spatial))
    return values.gather(-1, flat.expand_as(values)).masked_fill(~known, IGNORED).view_as(target)


def _gather_along(content: Tensor, axis: int, source: Tensor) -> Tensor:
    shape = [len(content)] + [1] * (content.dim() - 1)
    shape[axis] = -1
    return content.gather(axis, source.view(shape).expand_as(content))
