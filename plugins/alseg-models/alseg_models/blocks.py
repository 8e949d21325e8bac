"""Building blocks of the U-Net, for two and three spatial dimensions."""

from torch import Tensor, nn

from alseg_models.unet_options import UNetOptions

CONVOLUTION: dict[int, type[nn.Module]] = {2: nn.Conv2d, 3: nn.Conv3d}
_TRANSPOSED: dict[int, type[nn.Module]] = {2: nn.ConvTranspose2d, 3: nn.ConvTranspose3d}
_BATCH_NORM: dict[int, type[nn.Module]] = {2: nn.BatchNorm2d, 3: nn.BatchNorm3d}
_INSTANCE_NORM: dict[int, type[nn.Module]] = {2: nn.InstanceNorm2d, 3: nn.InstanceNorm3d}
_DROPOUT: dict[int, type[nn.Module]] = {2: nn.Dropout2d, 3: nn.Dropout3d}
_LINEAR = {2: "bilinear", 3: "trilinear"}


class Block(nn.Module):
    """Two 3x3(x3) convolutions, each with normalisation and ReLU; residual and dropout on request.

    Args:
        options: norm, groups, residual and dropout are read.
        in_channels: channels of the input.
        out_channels: channels of the output.
        dim: spatial dimensions, 2 or 3.
    """

    def __init__(self, options: UNetOptions, in_channels: int, out_channels: int, dim: int) -> None:
        super().__init__()
        # The normalisation that follows removes any bias.
        self.convolutions = nn.Sequential(
            CONVOLUTION[dim](in_channels, out_channels, kernel_size=3, padding=1, bias=False),
            _norm(options, out_channels, dim),
            nn.ReLU(inplace=True),
            CONVOLUTION[dim](out_channels, out_channels, kernel_size=3, padding=1, bias=False),
            _norm(options, out_channels, dim),
        )
        self.shortcut: nn.Module | None = None
        if options.residual:
            same = in_channels == out_channels
            self.shortcut = nn.Identity() if same else CONVOLUTION[dim](in_channels, out_channels, kernel_size=1)
        self.relu = nn.ReLU(inplace=True)
        self.dropout = _DROPOUT[dim](options.dropout) if options.dropout else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        """Map (n, in_channels, *spatial) to (n, out_channels, *spatial)."""
        y = self.convolutions(x)
        if self.shortcut is not None:
            y = y + self.shortcut(x)
        return self.dropout(self.relu(y))


def upsampler(options: UNetOptions, in_channels: int, out_channels: int, dim: int) -> nn.Module:
    """A layer that doubles the spatial size and maps ``in_channels`` to ``out_channels``."""
    if options.upsampling == "transposed":
        return _TRANSPOSED[dim](in_channels, out_channels, kernel_size=2, stride=2)
    return nn.Sequential(
        nn.Upsample(scale_factor=2, mode=_LINEAR[dim], align_corners=False),
        CONVOLUTION[dim](in_channels, out_channels, kernel_size=1),
    )


def _norm(options: UNetOptions, channels: int, dim: int) -> nn.Module:
    if options.norm == "batch":
        return _BATCH_NORM[dim](channels)
    if options.norm == "instance":
        return _INSTANCE_NORM[dim](channels, affine=True)
    return nn.GroupNorm(options.groups, channels)
