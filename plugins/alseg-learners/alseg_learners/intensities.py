"""Change the intensities of batches of images: contrast, brightness, gamma, noise."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class IntensityChange:
    """What happens to each image and channel, each (n, channels); a contrast or gamma of 1 changes nothing.

    Args:
        contrast: factor of the distance to the image's mean.
        brightness: what is added.
        gamma: exponent; None for none.
        noise: standard deviation of the noise.
    """

    contrast: Tensor
    brightness: Tensor
    gamma: Tensor | None
    noise: Tensor


def change_intensities(images: Tensor, content: Tensor, change: IntensityChange, noise: Tensor | None) -> Tensor:
    """Apply contrast about the mean, brightness, gamma between the extremes, and noise, in this order.

    Args:
        images: (n, channels, *spatial).
        content: (n, *spatial), false in padding, which stays 0.
        change: what to do.
        noise: the images' shape, of standard deviation 1; None where there is none.
    """
    content = content[:, None]
    space = tuple(range(2, images.dim()))

    def spread_out(parameter: Tensor) -> Tensor:
        return parameter.view(*images.shape[:2], *[1] * len(space))

    mean = (images * content).sum(space, keepdim=True) / content.sum(space, keepdim=True)
    changed = (images - mean) * spread_out(change.contrast) + mean + spread_out(change.brightness)
    if change.gamma is not None:
        low = changed.masked_fill(~content, torch.inf).amin(space, keepdim=True)
        range_ = changed.masked_fill(~content, -torch.inf).amax(space, keepdim=True) - low
        unit = ((changed - low) / range_.clamp_min(torch.finfo(images.dtype).tiny)).clamp(0, 1)
        changed = unit ** spread_out(change.gamma) * range_ + low
    if noise is not None:
        changed = changed + noise * spread_out(change.noise)
    return changed.masked_fill(~content, 0.0)
