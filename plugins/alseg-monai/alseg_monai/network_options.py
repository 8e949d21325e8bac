"""Options of the networks. Imported for listings, so nothing heavy here."""

from typing import Literal

from pydantic import Field

import alcore

Norm = Literal["batch", "instance"]


class UNetOptions(alcore.Options):
    """Options of ``monai-unet``."""

    features: int = Field(32, ge=2, le=512, description="Channels of the first level; each level below doubles them.")
    levels: int = Field(4, ge=1, le=6, description="How often the image is halved.")
    residual_units: int = Field(2, ge=0, le=8, description="Convolutions of a residual unit; 0: plain convolutions.")
    norm: Norm = Field("instance", description="Normalisation: batch or instance.")
    dropout: float = Field(0.0, ge=0.0, lt=1.0, description="Dropout probability.")


class DynUNetOptions(alcore.Options):
    """Options of ``monai-dynunet``."""

    features: int = Field(32, ge=2, le=512, description="Channels of the first level; doubled below, up to 512.")
    levels: int = Field(4, ge=2, le=6, description="How often the image is halved.")
    residual: bool = Field(False, description="Residual blocks.")
    norm: Norm = Field("instance", description="Normalisation: batch or instance.")
    dropout: float = Field(0.0, ge=0.0, lt=1.0, description="Dropout probability.")


class SegResNetOptions(alcore.Options):
    """Options of ``monai-segresnet``."""

    features: int = Field(16, ge=8, le=256, multiple_of=8, description="Channels of the first level; doubled below.")
    blocks_down: tuple[int, ...] = Field(
        (1, 2, 2, 4), min_length=2, max_length=6, description="Residual blocks of each level on the way down."
    )
    dropout: float = Field(0.0, ge=0.0, lt=1.0, description="Dropout probability after the first convolution.")


class SwinUNETROptions(alcore.Options):
    """Options of ``monai-swin-unetr``."""

    features: int = Field(24, ge=12, le=192, multiple_of=12, description="Channels of the patch embedding.")
    window: int = Field(7, ge=2, le=16, description="Side of the attention windows in patches.")
    dropout: float = Field(0.0, ge=0.0, lt=1.0, description="Dropout probability.")
    attention_dropout: float = Field(0.0, ge=0.0, lt=1.0, description="Dropout probability of the attention.")


class BasicUNetPlusPlusOptions(alcore.Options):
    """Options of ``monai-basic-unetplusplus``."""

    features: tuple[int, int, int, int, int, int] = Field(
        (32, 32, 64, 128, 256, 32), description="Channels of the five levels and of the last layer."
    )
    norm: Norm = Field("instance", description="Normalisation: batch or instance.")
    dropout: float = Field(0.0, ge=0.0, lt=1.0, description="Dropout probability.")
