"""Options of the strategies that choose slices unlike each other. Imported for listings, so nothing heavy here."""

from typing import Annotated, Literal

from pydantic import Field

from alcore import ComponentName
from alseg_strategies.options import FeatureSource


class DiversityOptions(FeatureSource):
    """Which vectors stand for the slices."""

    components: int | None = Field(
        None, ge=1, description="Principal components that the features are reduced to. Default: no reduction."
    )
    unit_length: bool = Field(
        True, description="Scale every feature vector to length 1, so that its direction alone counts."
    )


class CoresetOptions(DiversityOptions):
    """Options of greedy k-centre."""

    unit_length: bool = Field(
        False, description="Scale every feature vector to length 1, so that its direction alone counts."
    )


class SampledOptions(DiversityOptions):
    """Options of strategies that compare slices pair by pair."""

    sample: int = Field(
        5000,
        ge=100,
        le=20_000,
        description="On larger pools, so many slices drawn at random stand for the pool, and as many are candidates.",
    )


class MaxHerdingOptions(SampledOptions):
    """Options of maximal smooth coverage."""

    gamma: float = Field(
        1.0, gt=0, description="How fast the similarity exp(-gamma distance^2) of two slices falls with distance."
    )


class ProbCoverOptions(SampledOptions):
    """Options of maximal coverage by balls."""

    delta: Annotated[float, Field(gt=0)] | Literal["auto"] = Field(
        "auto", description="Radius of the balls; auto: the largest with which the share 'purity' of them is pure."
    )
    purity: float = Field(0.95, gt=0, le=1, description="For auto: the share of balls within a single cluster.")
    clusters: int = Field(10, ge=2, description="For auto: the number of k-means clusters that tell which are pure.")


class TypiClustOptions(SampledOptions):
    """Options of typical slices of clusters."""

    max_clusters: int = Field(500, ge=1, description="Most clusters; fewer slices to be labelled make fewer clusters.")
    neighbours: int = Field(
        20, ge=1, description="Nearest members of its cluster, at most half of them, by which a slice is typical."
    )
    min_size: int = Field(6, ge=1, description="Smaller clusters come last.")


class DiverseTopOptions(DiversityOptions):
    """Options of diversity among the slices of the highest score."""

    score: Annotated[str, ComponentName("strategy")] = Field(
        "predictive-entropy", description="Strategy whose score says which slices are the top."
    )
    factor: float = Field(2.0, ge=1, description="How many times the budget the top holds.")
    method: Literal["farthest", "kmeans", "kmeans++"] = Field(
        "farthest",
        description="farthest: from the longest vector on, the slice farthest from those chosen; kmeans: the slice "
        "nearest to each centre of k-means, weighted by score; kmeans++: farther slices with a higher probability.",
    )
    unit_length: bool = Field(
        False, description="Scale every feature vector to length 1, so that its direction alone counts."
    )
