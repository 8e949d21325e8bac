"""A tiny network and a loss, for tests of what trains."""

import torch
from torch import Tensor, nn

from alcore.labels import IGNORED


class TinyNet(nn.Module):
    """Two convolutions; looks one voxel around, so that padding would show.

    Args:
        n_classes: channels of the logits.
        seed: of the initial weights.
        dim: spatial dimensions, 2 or 3.
        n_channels: channels of the images.
    """

    feature_layer = "first"

    def __init__(self, n_classes: int = 3, seed: int = 0, dim: int = 2, n_channels: int = 1) -> None:
        super().__init__()
        torch.manual_seed(seed)
        convolution, norm = (nn.Conv2d, nn.BatchNorm2d) if dim == 2 else (nn.Conv3d, nn.BatchNorm3d)
        self.first = convolution(n_channels, 4, 3, padding=1)
        self.norm = norm(4)
        self.last = convolution(4, n_classes, 1)

    def forward(self, images: Tensor) -> Tensor:
        """Map (n, channels, *spatial) to logits (n, classes, *spatial)."""
        logits: Tensor = self.last(self.norm(self.first(images)).relu())
        return logits


class MaskedCrossEntropy(nn.Module):
    """Cross entropy of single-label voxels, or binary cross entropy of multi-label ones; ignored voxels count not."""

    def forward(self, logits: Tensor, target: Tensor, weight: Tensor) -> Tensor:
        """The loss, see :class:`alcore.Loss`."""
        kept = target != IGNORED
        if logits.shape == target.shape:
            loss = nn.functional.binary_cross_entropy_with_logits(logits, target.float() * kept, reduction="none")
        else:
            loss = nn.functional.cross_entropy(logits, target.long() * kept, reduction="none")
        weight = weight.view(-1, *[1] * (loss.dim() - 1))
        return (loss * kept * weight).sum() / kept.sum().clamp(min=1)
