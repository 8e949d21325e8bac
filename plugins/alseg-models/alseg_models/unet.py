"""The U-Net of Ronneberger et al. 2015 and its 3D version, Çiçek et al. 2016."""

import torch
from torch import Tensor, nn

from alseg_models.blocks import CONVOLUTION, Block, upsampler
from alseg_models.padding import crop_to, pad_to, padded_size
from alseg_models.unet_options import UNetOptions


class UNet(nn.Module):
    """A U-Net for images of any size, in two or three dimensions.

    Each level halves the image and doubles the channels; the image is padded inside to a multiple of 2**levels and
    the logits are cropped back. With 32 features, 4 levels and one input channel it has 7.76 M parameters in 2D.

    Args:
        options: see :class:`UNetOptions`.
        in_channels: image channels.
        out_channels: channels of the logits, one per class.
        dim: spatial dimensions, 2 or 3.
    """

    feature_layer = "bottleneck"

    def __init__(self, options: UNetOptions, *, in_channels: int, out_channels: int, dim: int) -> None:
        super().__init__()
        channels = [options.features * 2**level for level in range(options.levels + 1)]
        self.multiple = 2**options.levels
        self.down = nn.ModuleList(
            Block(options, above, below, dim)
            for above, below in zip([in_channels, *channels[:-2]], channels[:-1], strict=True)
        )
        self.pool = nn.MaxPool2d(2) if dim == 2 else nn.MaxPool3d(2)
        self.bottleneck = Block(options, channels[-2], channels[-1], dim)
        upwards = list(zip(channels[:0:-1], channels[-2::-1], strict=True))
        self.upsample = nn.ModuleList(upsampler(options, below, above, dim) for below, above in upwards)
        self.up = nn.ModuleList(Block(options, 2 * above, above, dim) for _, above in upwards)
        self.head = CONVOLUTION[dim](channels[0], out_channels, kernel_size=1)

    def forward(self, images: Tensor) -> Tensor:
        """Map (n, in_channels, *spatial) to logits (n, out_channels, *spatial)."""
        spatial = images.shape[2:]
        x = pad_to(images, padded_size(spatial, self.multiple))
        skips = []
        for block in self.down:
            x = block(x)
            skips.append(x)
            x = self.pool(x)
        x = self.bottleneck(x)
        for upsample, block in zip(self.upsample, self.up, strict=True):
            x = block(torch.cat((upsample(x), skips.pop()), dim=1))
        return crop_to(self.head(x), spatial)
