"""Options of the losses. Imported for listings, so nothing heavy here."""

from typing import Literal

from pydantic import Field

import alcore


class RegionOptions(alcore.Options):
    """What every loss that compares regions can be told."""

    include_background: bool = Field(True, description="Count background as a class (single-label data only).")


class DiceOptions(RegionOptions):
    """Options of ``monai-dice``."""

    squared: bool = Field(False, description="Square the terms of the denominator.")
    jaccard: bool = Field(False, description="Soft intersection over union instead of Dice.")


class GeneralisedDiceOptions(RegionOptions):
    """Options of ``monai-generalised-dice``."""

    class_weighting: Literal["square", "simple", "uniform"] = Field(
        "square", description="Weight of a class: 1 / volume**2 (square), 1 / volume (simple) or 1 (uniform)."
    )


class TverskyOptions(RegionOptions):
    """Options of ``monai-tversky``."""

    false_positive_weight: float = Field(0.5, ge=0.0, description="Cost of a false positive (alpha).")
    false_negative_weight: float = Field(0.5, ge=0.0, description="Cost of a false negative (beta).")


class FocalOptions(alcore.Options):
    """Options of ``monai-focal``."""

    gamma: float = Field(2.0, ge=0.0, le=20.0, description="How strongly well-classified voxels are discounted.")
    alpha: float | None = Field(None, ge=0.0, le=1.0, description="Weight of foreground, 1 - alpha of background.")


class DiceFocalOptions(DiceOptions, FocalOptions):
    """Options of ``monai-dice-focal``."""

    dice_share: float = Field(1.0, ge=0.0, description="Factor of the Dice loss.")
    focal_share: float = Field(1.0, ge=0.0, description="Factor of the focal loss.")
