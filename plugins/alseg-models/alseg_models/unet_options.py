"""Options of the U-Net. Imported for listings, so nothing heavy here."""

from typing import Literal, Self

from pydantic import Field, model_validator

import alcore

Norm = Literal["batch", "instance", "group"]
Upsampling = Literal["transposed", "interpolation"]


class UNetOptions(alcore.Options):
    """Options of ``unet``; the defaults are the network of Burmeister et al. 2022."""

    features: int = Field(32, ge=1, le=1024, description="Channels of the first level; each level below doubles them.")
    levels: int = Field(4, ge=1, le=7, description="How often the image is halved on the way to the bottleneck.")
    norm: Norm = Field("batch", description="Normalisation after each convolution: batch, instance or group.")
    groups: int = Field(8, ge=1, le=1024, description="Groups of channels for norm = group; must divide features.")
    upsampling: Upsampling = Field(
        "transposed",
        description="Way back up: transposed (convolutions) or interpolation (linear, then a 1x1 convolution).",
    )
    dropout: float = Field(0.0, ge=0.0, lt=1.0, description="Probability that a channel is dropped after each block.")
    residual: bool = Field(False, description="Add each block's input to its output.")

    @model_validator(mode="after")
    def _groups_divide_features(self) -> Self:
        if self.norm == "group" and self.features % self.groups:
            raise ValueError(f"features must be a multiple of groups ({self.groups}) when norm is group")
        return self
