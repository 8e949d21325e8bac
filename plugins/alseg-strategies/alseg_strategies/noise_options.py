"""Options of strategies that add noise to scores. Imported for listings, so nothing heavy here."""

from typing import Annotated, Literal

from pydantic import Field

from alcore import ComponentName, Options

Kind = Literal["power", "softmax", "softrank"]


class NoiseOptions(Options):
    """Which score, and how much noise."""

    score: Annotated[str, ComponentName("strategy")] = Field(
        "predictive-entropy", description="Strategy whose score is made noisy."
    )
    beta: float = Field(
        1.0, gt=0, description="How much the score counts against the noise: near 0 is random, a large value a ranking."
    )


class NoisyOptions(NoiseOptions):
    """Any score with any noise."""

    kind: Kind = Field(
        "power",
        description="Probability of a slice of score s and rank r: power, s^beta; softmax, exp(beta s); softrank, "
        "r^-beta.",
    )


class PowerOptions(NoiseOptions):
    """A score with noise on its logarithm."""

    kind: Literal["power"] = Field("power", description="Probability of a slice of score s: s^beta.")


class StochasticBatchesOptions(Options):
    """Options of the best of many random groups."""

    score: Annotated[str, ComponentName("strategy")] = Field(
        "predictive-entropy", description="Strategy whose score tells how good a group is."
    )
    aggregate: Literal["mean", "max"] = Field("mean", description="What a group is worth by the scores of its slices.")
    group_size: int | None = Field(
        None, ge=1, description="Slices of a group; groups are taken until the budget is full. Default: the budget."
    )


class ClaspOptions(Options):
    """Options of class-stratified power entropy."""

    ratio: float = Field(0.66, ge=0, le=1, description="Share of the budget that is divided among the classes.")
    schedule: Literal["exponential", "fixed"] = Field(
        "exponential", description="How beta goes from its value in the first query to that after the last."
    )
    beta: float = Field(1.0, gt=0, description="How much the score counts against the noise in the first query.")
    beta_end: float = Field(100.0, gt=0, description="Beta after the last query, for the exponential schedule.")
    horizon: int = Field(10, ge=1, description="Number of queries, where a run does not know it.")
    per_scan: int | None = Field(
        None, ge=1, description="The most candidates of a scan in the ranking of a class. Default: all."
    )
