"""Options of the strategies. Imported for listings, so nothing heavy here."""

from typing import Literal

from pydantic import Field

from alcore import Options

Reduction = Literal["sum", "mean"]


class RankingOptions(Options):
    """How a ranking of single slices becomes a selection."""

    one_per_scan: bool = Field(
        True,
        description="At most one slice per scan and round; where scans are fewer than the budget, filled up by score.",
    )


class ClassScoreOptions(RankingOptions):
    """Options of the paper's uncertainty scores, which are sums over classes and pixels."""

    exclude_background: bool = Field(
        False, description="Leave the background class out of the score; only for single-label data."
    )
    reduction: Reduction = Field(
        "sum", description="Sum over pixels (the paper; larger slices score higher or lower) or mean per pixel."
    )


class PredictiveEntropyOptions(ClassScoreOptions):
    """Options of the textbook entropy, which is averaged per pixel unless told otherwise."""

    reduction: Reduction = Field("mean", description="Mean per pixel, or sum over pixels.")


class MarginOptions(RankingOptions):
    """Options of the margin score."""

    reduction: Reduction = Field("mean", description="Mean per pixel, or sum over pixels.")
