"""MONAI's networks behind alseg's contract: any image size, one tensor of logits, a named feature layer."""

import torch.nn.functional as F
from monai.networks import nets
from torch import Tensor, nn

from alseg_monai.network_options import (
    BasicUNetPlusPlusOptions,
    DynUNetOptions,
    SegResNetOptions,
    SwinUNETROptions,
    UNetOptions,
)

_MOST_FEATURES = 512


class MonaiNetwork(nn.Module):
    """A network of MONAI for images of any size.

    Args:
        network: the network.
        multiple: what it needs every side of an image to be a multiple of.
        feature_layer: the submodule of ``network`` with the coarsest feature map.
    """

    def __init__(self, network: nn.Module, *, multiple: int, feature_layer: str) -> None:
        super().__init__()
        self.network = network
        self.multiple = multiple
        self.feature_layer = f"network.{feature_layer}"

    def forward(self, images: Tensor) -> Tensor:
        """Map (n, in_channels, *spatial) to logits (n, out_channels, *spatial)."""
        spatial = images.shape[2:]
        size = [-(-length // self.multiple) * self.multiple for length in spatial]
        if all(length == self.multiple for length in size):
            size[-1] *= 2  # normalisation layers refuse to train on one value per channel
        pads = [pad for now, then in zip(spatial[::-1], size[::-1], strict=True) for pad in (0, then - now)]
        logits = self.network(F.pad(images, pads, mode="replicate") if any(pads) else images)
        if isinstance(logits, list):
            (logits,) = logits
        return logits[(..., *(slice(length) for length in spatial))]


class UNet(MonaiNetwork):
    """MONAI's UNet, with residual units by default. Kerfoot et al. 2018."""

    def __init__(self, options: UNetOptions, *, in_channels: int, out_channels: int, dim: int) -> None:
        levels = options.levels
        network = nets.UNet(
            spatial_dims=dim,
            in_channels=in_channels,
            out_channels=out_channels,
            channels=[options.features * 2**level for level in range(levels + 1)],
            strides=[2] * levels,
            num_res_units=options.residual_units,
            norm=options.norm,
            dropout=options.dropout,
        )
        super().__init__(network, multiple=2**levels, feature_layer="model." + ".".join(["1.submodule"] * levels))


class DynUNet(MonaiNetwork):
    """MONAI's DynUNet, the network of nnU-Net. Isensee et al. 2021."""

    def __init__(self, options: DynUNetOptions, *, in_channels: int, out_channels: int, dim: int) -> None:
        levels = options.levels
        network = nets.DynUNet(
            spatial_dims=dim,
            in_channels=in_channels,
            out_channels=out_channels,
            kernel_size=[3] * (levels + 1),
            strides=[1] + [2] * levels,
            upsample_kernel_size=[2] * levels,
            filters=[min(options.features * 2**level, _MOST_FEATURES) for level in range(levels + 1)],
            norm_name=(options.norm, {"affine": True}),
            dropout=options.dropout or None,
            res_block=options.residual,
        )
        super().__init__(network, multiple=2**levels, feature_layer="bottleneck")


class SegResNet(MonaiNetwork):
    """MONAI's SegResNet, without the auto-encoder branch. Myronenko 2018."""

    def __init__(self, options: SegResNetOptions, *, in_channels: int, out_channels: int, dim: int) -> None:
        halvings = len(options.blocks_down) - 1
        network = nets.SegResNet(
            spatial_dims=dim,
            init_filters=options.features,
            in_channels=in_channels,
            out_channels=out_channels,
            dropout_prob=options.dropout or None,
            blocks_down=options.blocks_down,
            blocks_up=(1,) * halvings,
        )
        super().__init__(network, multiple=2**halvings, feature_layer=f"down_layers.{halvings}")


class SwinUNETR(MonaiNetwork):
    """MONAI's Swin UNETR: shifted-window attention down, convolutions up. Hatamizadeh et al. 2022.

    Images are padded to a multiple of 32.
    """

    def __init__(self, options: SwinUNETROptions, *, in_channels: int, out_channels: int, dim: int) -> None:
        network = nets.SwinUNETR(
            in_channels=in_channels,
            out_channels=out_channels,
            feature_size=options.features,
            window_size=options.window,
            drop_rate=options.dropout,
            attn_drop_rate=options.attention_dropout,
            spatial_dims=dim,
        )
        super().__init__(network, multiple=32, feature_layer="encoder10")


class BasicUNetPlusPlus(MonaiNetwork):
    """MONAI's U-Net++ without deep supervision. Zhou et al. 2018."""

    def __init__(self, options: BasicUNetPlusPlusOptions, *, in_channels: int, out_channels: int, dim: int) -> None:
        network = nets.BasicUNetPlusPlus(
            spatial_dims=dim,
            in_channels=in_channels,
            out_channels=out_channels,
            features=options.features,
            norm=(options.norm, {"affine": True}),
            dropout=options.dropout,
        )
        super().__init__(network, multiple=16, feature_layer="conv_4_0")
