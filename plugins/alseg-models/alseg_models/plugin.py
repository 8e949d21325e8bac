"""What this package adds to alseg. Imported for listings, so nothing heavy here."""

from collections.abc import Iterator

import alcore
from alseg_models import options


@alcore.hookimpl
def register_models() -> Iterator[alcore.ModelSpec]:
    """Offer the U-Net."""
    yield alcore.ModelSpec(
        name="unet",
        summary="U-Net in 2D and 3D; by default the network of Burmeister et al. 2022.",
        target="alseg_models.unet:UNet",
        options=options.UNetOptions,
        reference="Ronneberger et al. 2015; Çiçek et al. 2016; Burmeister et al. 2022",
        dims=(2, 3),
    )


@alcore.hookimpl
def register_losses() -> Iterator[alcore.LossSpec]:
    """Offer the losses."""
    yield alcore.LossSpec(
        name="focal",
        summary="Cross-entropy that discounts voxels the model already gets right.",
        target="alseg_models.voxel_losses:Focal",
        options=options.FocalOptions,
        reference="Lin et al. 2017, equation 5",
    )
