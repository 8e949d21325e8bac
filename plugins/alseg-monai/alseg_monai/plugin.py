"""What this package adds to alseg. Imported for listings, so nothing heavy here."""

from collections.abc import Iterator

import alcore
from alseg_monai import loss_options, network_options


@alcore.hookimpl
def register_models() -> Iterator[alcore.ModelSpec]:
    """Offer MONAI's networks."""
    yield alcore.ModelSpec(
        name="monai-unet",
        summary="MONAI's U-Net with residual units.",
        target="alseg_monai.networks:UNet",
        options=network_options.UNetOptions,
        reference="Kerfoot et al. 2018",
        dims=(2, 3),
    )
    yield alcore.ModelSpec(
        name="monai-dynunet",
        summary="MONAI's DynUNet, the network of nnU-Net.",
        target="alseg_monai.networks:DynUNet",
        options=network_options.DynUNetOptions,
        reference="Isensee et al. 2021",
        dims=(2, 3),
    )
    yield alcore.ModelSpec(
        name="monai-segresnet",
        summary="MONAI's SegResNet: a residual encoder and a light decoder.",
        target="alseg_monai.networks:SegResNet",
        options=network_options.SegResNetOptions,
        reference="Myronenko 2018",
        dims=(2, 3),
    )
    yield alcore.ModelSpec(
        name="monai-swin-unetr",
        summary="MONAI's Swin UNETR: shifted-window attention and convolutions.",
        target="alseg_monai.networks:SwinUNETR",
        options=network_options.SwinUNETROptions,
        reference="Hatamizadeh et al. 2022",
        dims=(2, 3),
    )
    yield alcore.ModelSpec(
        name="monai-basic-unetplusplus",
        summary="MONAI's U-Net++: nested skip connections.",
        target="alseg_monai.networks:BasicUNetPlusPlus",
        options=network_options.BasicUNetPlusPlusOptions,
        reference="Zhou et al. 2018",
        dims=(2, 3),
    )


@alcore.hookimpl
def register_losses() -> Iterator[alcore.LossSpec]:
    """Offer MONAI's losses."""
    yield alcore.LossSpec(
        name="monai-dice",
        summary="MONAI's Dice loss, with squares or as Jaccard on request.",
        target="alseg_monai.losses:Dice",
        options=loss_options.DiceOptions,
        reference="Milletari et al. 2016",
    )
    yield alcore.LossSpec(
        name="monai-generalised-dice",
        summary="MONAI's generalised Dice loss.",
        target="alseg_monai.losses:GeneralisedDice",
        options=loss_options.GeneralisedDiceOptions,
        reference="Sudre et al. 2017",
    )
    yield alcore.LossSpec(
        name="monai-tversky",
        summary="MONAI's Tversky loss.",
        target="alseg_monai.losses:Tversky",
        options=loss_options.TverskyOptions,
        reference="Salehi et al. 2017",
    )
    yield alcore.LossSpec(
        name="monai-focal",
        summary="MONAI's focal loss.",
        target="alseg_monai.losses:Focal",
        options=loss_options.FocalOptions,
        reference="Lin et al. 2017",
    )
    yield alcore.LossSpec(
        name="monai-dice-focal",
        summary="MONAI's Dice plus focal loss.",
        target="alseg_monai.losses:DiceFocal",
        options=loss_options.DiceFocalOptions,
        reference="Lin et al. 2017; Milletari et al. 2016",
    )
