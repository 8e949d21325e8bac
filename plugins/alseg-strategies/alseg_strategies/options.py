"""Options of the strategies. Imported for listings, so nothing heavy here."""

from typing import Annotated, Literal

from pydantic import Field

from alcore import ComponentName, Options

Reduction = Literal["sum", "mean"]


class RankingOptions(Options):
    """How a ranking of single slices becomes a selection."""

    one_per_scan: bool = Field(
        True,
        description="At most one slice per scan and round; where scans are fewer than the budget, filled up by score.",
    )


class PixelScoreOptions(RankingOptions):
    """Options of scores that are computed pixel by pixel."""

    reduction: Reduction = Field("mean", description="Mean per pixel, or sum over pixels.")


class ClassScoreOptions(PixelScoreOptions):
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


class MarginOptions(PixelScoreOptions):
    """Options of the margin score."""


class FeatureSource(Options):
    """Which feature vectors describe a slice."""

    features: Literal["model", "image"] = Field(
        "model",
        description="model: the model's feature layer, max-pooled over space; image: the normalised image, averaged "
        "over an 8 x 8 grid.",
    )


class FeatureOptions(FeatureSource):
    """How many of the features' principal components describe a slice."""

    components: int = Field(10, ge=1, le=256, description="Principal components that the features are reduced to.")


class DistanceOptions(FeatureOptions):
    """Options of distance-based representativeness sampling."""

    metric: Literal["euclidean", "cosine"] = Field("euclidean", description="Distance between two feature vectors.")
    greedy: bool = Field(
        False,
        description="false: the top of one ranking (the paper); true: each chosen slice joins the labelled set before "
        "the next choice.",
    )


class ClusteringOptions(FeatureOptions):
    """Options of clustering-based representativeness sampling."""

    next_cluster: Literal["smallest-share", "largest-deficit"] = Field(
        "smallest-share",
        description="Which cluster gets the next slice: smallest-share (the smallest share of its slices is labelled: "
        "the paper's code) or largest-deficit (the most slices short of its due share of the labelled set).",
    )
    algorithm: Literal["mean-shift", "kmeans"] = Field("mean-shift", description="How slices are clustered.")
    bandwidth: Annotated[float, Field(gt=0)] | Literal["auto"] = Field(
        5.0,
        description="Radius of mean shift, on the scale of the raw pooled features; auto: estimated from the features.",
    )
    n_clusters: int = Field(10, ge=1, description="Number of clusters of kmeans.")
    sample: int = Field(
        10_000,
        ge=100,
        description="Mean shift is exact on pools up to this size; on larger ones its modes are sought from a sample "
        "of this size and settled on the whole pool.",
    )


class ForegroundRandomOptions(Options):
    """Options of foreground-aware random draws."""

    source: Literal["both", "prediction", "position"] = Field(
        "both",
        description="Where foreground is expected: prediction (the model's), position (where paid slices hold it "
        "along their scans), or both multiplied.",
    )
    share: float = Field(0.66, ge=0, le=1, description="Share of the budget that is drawn with foreground in mind.")


class RepresentativeUncertaintyOptions(Options):
    """Options of the sum of an uncertainty and a representativeness score."""

    uncertainty: Annotated[str, ComponentName("strategy")] = Field(
        "entropy", description="Strategy whose score tells uncertainty."
    )
    representativeness: Annotated[str, ComponentName("strategy")] = Field(
        "distance", description="Strategy whose score tells representativeness."
    )


class StridedOptions(Options):
    """Options of block selection."""

    block_size: int = Field(5, ge=3, le=1000, description="Adjacent slices per block, annotated ends included.")
    selection: Annotated[str, ComponentName("strategy")] = Field(
        "random", description="random, or a strategy with a score per slice, which is summed over the block."
    )
    interpolator: Annotated[str, ComponentName("interpolator")] = Field(
        "signed-distance", description="What fills a block between its annotated ends; none leaves it unlabelled."
    )
    pseudo_label_weight: float = Field(
        1.0, ge=0, le=1, description="Weight of a pseudo-label in the loss; a true label weighs 1."
    )
    pseudo_label_schedule: Literal["fixed", "linear", "cosine"] = Field(
        "fixed", description="How the weight goes from its start in round 1 to its end in the last round."
    )
    pseudo_label_weight_end: float = Field(
        0.0, ge=0, le=1, description="Weight in the last round, for the linear and cosine schedules."
    )
