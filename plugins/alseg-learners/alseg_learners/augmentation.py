"""Augmentation: random changes of a batch, on its device, drawn from a stream of their own."""

from collections.abc import Mapping

import torch
from torch import Tensor

from alseg_learners.augmentation_options import AugmentationOptions
from alseg_learners.intensities import IntensityChange, change_intensities
from alseg_learners.warp import flip, inside, warp

_AXES = ("slices", "rows", "columns")


class Augmentation:
    """Changes batch after batch; the same seed gives the same changes in the same order.

    Args:
        options: what is changed, and how much.
        seed: of this training's changes, by :func:`alcore.seeding.torch_seed`.
        device: where the batches are.
    """

    def __init__(self, options: AugmentationOptions, seed: int, device: torch.device) -> None:
        self._options = options
        # What happens to an image is drawn on the CPU: the same on every device, but for the noise itself.
        self._drawn = torch.Generator().manual_seed(seed)
        self._noise = torch.Generator(device).manual_seed(seed)

    def __call__(self, images: Tensor, target: Tensor, extent: Tensor) -> tuple[Tensor, Tensor]:
        """Return the changed batch.

        Args:
            images: (n, channels, *spatial), in two or three dimensions.
            target: (n, [classes,] *spatial) uint8.
            extent: (n, dims) voxels of each image's content, which lies in the upper left; around it is padding.
        """
        options, extent = self._options, extent.to(images.device)
        if options.flip_probability:
            images, target = flip(images, target, self._flips(extent), extent)
        if options.moves:
            images, target = self._moved(images, target, extent)
        if options.changes_intensities:
            images = self._changed(images, inside(extent, images.shape[2:]))
        return images, target

    def state(self) -> dict[str, Tensor]:
        """What has been drawn so far, for :meth:`restore`."""
        return {"drawn": self._drawn.get_state(), "noise": self._noise.get_state()}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Go on drawing where ``state`` was taken; its tensors may lie on any device."""
        self._drawn.set_state(state["drawn"].cpu())
        self._noise.set_state(state["noise"].cpu())

    def _flips(self, extent: Tensor) -> Tensor:
        n, dims = extent.shape
        allowed = torch.tensor([axis in self._options.flip_axes for axis in _AXES[-dims:]])
        flips: Tensor = (self._uniform(n, dims) < self._options.flip_probability) & allowed
        return flips.to(extent.device)

    def _moved(self, images: Tensor, target: Tensor, extent: Tensor) -> tuple[Tensor, Tensor]:
        n, dims = extent.shape
        chosen = self._uniform(n) < self._options.spatial_probability
        angle = torch.deg2rad((2 * self._uniform(n) - 1) * self._options.rotation)
        matrix = rotation_and_scaling(angle, self._factor(self._options.scaling, n), dims)
        if not chosen.any():
            return images, target
        where = chosen.nonzero()[:, 0].to(images.device)
        moved = warp(images[where], target[where], matrix[chosen].to(images), extent[where])
        return images.index_copy(0, where, moved[0]), target.index_copy(0, where, moved[1])

    def _changed(self, images: Tensor, content: Tensor) -> Tensor:
        options, shape = self._options, images.shape[:2]
        chosen = self._uniform(shape[0]) < options.intensity_probability
        contrast, gamma = self._factor(options.contrast, *shape), self._factor(options.gamma, *shape)
        brightness = (2 * self._uniform(*shape) - 1) * options.brightness
        deviation = self._uniform(*shape) * options.noise
        noise = None
        if options.noise:
            noise = torch.randn(images.shape, generator=self._noise, dtype=images.dtype, device=images.device)
        if not chosen.any():
            return images
        where = chosen.nonzero()[:, 0].to(images.device)
        change = IntensityChange(
            contrast=contrast[chosen].to(images),
            brightness=brightness[chosen].to(images),
            gamma=gamma[chosen].to(images) if options.gamma else None,
            noise=deviation[chosen].to(images),
        )
        changed = change_intensities(images[where], content[where], change, None if noise is None else noise[where])
        return images.index_copy(0, where, changed)

    def _uniform(self, *shape: int) -> Tensor:
        return torch.rand(shape, generator=self._drawn, dtype=torch.float64)

    def _factor(self, most: float, *shape: int) -> Tensor:
        """Factors between 1 / (1 + most) and 1 + most, as often above 1 as below."""
        factor: Tensor = (1.0 + most) ** (2 * self._uniform(*shape) - 1)
        return factor


def rotation_and_scaling(angle: Tensor, factor: Tensor, dims: int) -> Tensor:
    """The matrices (n, dims, dims) by which :func:`alseg_learners.warp.warp` turns and enlarges images.

    Args:
        angle: (n,) radians within the last two axes, from rows to columns.
        factor: (n,) by which sizes along all axes are multiplied.
        dims: 2 or 3.
    """
    matrix = torch.eye(dims, dtype=angle.dtype).repeat(len(angle), 1, 1)
    matrix[:, -2, -2] = matrix[:, -1, -1] = angle.cos()
    matrix[:, -2, -1], matrix[:, -1, -2] = angle.sin(), -angle.sin()
    return matrix / factor[:, None, None]
