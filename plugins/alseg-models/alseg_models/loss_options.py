"""Options of the losses. Imported for listings, so nothing heavy here."""

from typing import Literal

from pydantic import Field

import alcore


class CrossEntropyOptions(alcore.Options):
    """Options of ``cross-entropy``."""

    class_weights: tuple[float, ...] | None = Field(
        None,
        description="Weight of the voxels of each class, background first (multi-label: of each class); none: all 1.",
    )


class FocalOptions(alcore.Options):
    """Options of ``focal``; the defaults are the loss of Burmeister et al. 2022."""

    gamma: float = Field(5.0, ge=0.0, le=20.0, description="How strongly well-classified voxels are discounted.")
    alpha: float | None = Field(
        None,
        ge=0.0,
        le=1.0,
        description="Weight of foreground voxels, 1 - alpha being that of background; none weighs all alike.",
    )


class RegionOptions(alcore.Options):
    """What every loss of this package that compares regions can be told."""

    include_background: bool = Field(
        False, description="Count background as a class (multi-label data has none, so this changes nothing there)."
    )
    batch: bool = Field(
        False,
        description="Compare the regions of the whole batch instead of slice by slice; steadier on small classes.",
    )
    smooth: float = Field(1e-5, gt=0.0, le=1.0, description="Voxels added above and below, so that 0 / 0 is agreement.")


class GeneralisedDiceOptions(RegionOptions):
    """Options of ``generalised-dice``."""

    class_weighting: Literal["square", "simple", "uniform"] = Field(
        "square", description="Weight of a class: 1 / volume**2 (square), 1 / volume (simple) or 1 (uniform)."
    )


class CrossEntropyDiceOptions(CrossEntropyOptions, RegionOptions):
    """Options of ``cross-entropy-dice``."""

    cross_entropy_share: float = Field(1.0, ge=0.0, description="Factor of the cross-entropy.")
    dice_share: float = Field(1.0, ge=0.0, description="Factor of the Dice loss.")


class TverskyOptions(RegionOptions):
    """Options of ``tversky``; equal weights of 0.5 make it the Dice loss."""

    false_positive_weight: float = Field(0.3, ge=0.0, description="Cost of a false positive (alpha of the paper).")
    false_negative_weight: float = Field(0.7, ge=0.0, description="Cost of a false negative (beta of the paper).")


class FocalTverskyOptions(TverskyOptions):
    """Options of ``focal-tversky``."""

    gamma: float = Field(
        4 / 3,
        ge=1.0,
        le=3.0,
        description="The loss is (1 - Tversky index)**(1 / gamma): above 1, hard regions weigh more.",
    )


class FalsePositiveDiceOptions(RegionOptions):
    """Options of ``false-positive-dice``."""

    false_positive_share: float = Field(1.0, ge=0.0, description="Factor of the false-positive loss.")
    dice_share: float = Field(1.0, ge=0.0, description="Factor of the Dice loss.")
