"""What this package adds to alseg. Imported for listings, so nothing heavy here."""

from collections.abc import Iterator

import alcore
from alseg_models import loss_options, unet_options


@alcore.hookimpl
def register_models() -> Iterator[alcore.ModelSpec]:
    """Offer the U-Net."""
    yield alcore.ModelSpec(
        name="unet",
        summary="U-Net in 2D and 3D; by default the network of Burmeister et al. 2022.",
        target="alseg_models.unet:UNet",
        options=unet_options.UNetOptions,
        reference="Ronneberger et al. 2015; Çiçek et al. 2016; Burmeister et al. 2022",
        dims=(2, 3),
    )


@alcore.hookimpl
def register_losses() -> Iterator[alcore.LossSpec]:
    """Offer the losses: of voxels, of regions, and sums of both."""
    yield alcore.LossSpec(
        name="cross-entropy",
        summary="Cross-entropy, with class weights; binary per class for multi-label data.",
        target="alseg_models.voxel_losses:CrossEntropy",
        options=loss_options.CrossEntropyOptions,
    )
    yield alcore.LossSpec(
        name="focal",
        summary="Cross-entropy that discounts voxels the model already gets right.",
        target="alseg_models.voxel_losses:Focal",
        options=loss_options.FocalOptions,
        reference="Lin et al. 2017, equation 5",
    )
    yield alcore.LossSpec(
        name="dice",
        summary="Soft Dice loss.",
        target="alseg_models.region_losses:SoftDice",
        options=loss_options.RegionOptions,
        reference="Milletari et al. 2016",
    )
    yield alcore.LossSpec(
        name="generalised-dice",
        summary="Dice loss over all classes at once, weighted against their volume.",
        target="alseg_models.region_losses:GeneralisedDice",
        options=loss_options.GeneralisedDiceOptions,
        reference="Sudre et al. 2017",
    )
    yield alcore.LossSpec(
        name="cross-entropy-dice",
        summary="Cross-entropy plus soft Dice loss.",
        target="alseg_models.combined_losses:CrossEntropyDice",
        options=loss_options.CrossEntropyDiceOptions,
        reference="Isensee et al. 2021",
    )
    yield alcore.LossSpec(
        name="tversky",
        summary="Dice loss with separate costs of false positives and false negatives.",
        target="alseg_models.region_losses:Tversky",
        options=loss_options.TverskyOptions,
        reference="Salehi et al. 2017",
    )
    yield alcore.LossSpec(
        name="focal-tversky",
        summary="Tversky loss that dwells on hard regions.",
        target="alseg_models.region_losses:FocalTversky",
        options=loss_options.FocalTverskyOptions,
        reference="Abraham and Khan 2019",
    )
    yield alcore.LossSpec(
        name="false-positive",
        summary="Share of the predicted region that is wrong; to be added to another loss.",
        target="alseg_models.region_losses:FalsePositive",
        options=loss_options.RegionOptions,
        reference="Burmeister et al. 2022, code",
    )
    yield alcore.LossSpec(
        name="false-positive-dice",
        summary="False-positive loss plus soft Dice loss.",
        target="alseg_models.combined_losses:FalsePositiveDice",
        options=loss_options.FalsePositiveDiceOptions,
        reference="Burmeister et al. 2022, code",
    )
