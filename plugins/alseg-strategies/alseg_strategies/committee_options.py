"""Options of strategies that ask a committee. Imported for listings, so nothing heavy here."""

from typing import Annotated, Literal

from pydantic import Field

from alcore import ComponentName
from alseg_strategies.noise_options import NoiseOptions
from alseg_strategies.options import RankingOptions


class DiceOptions(RankingOptions):
    """Options of disagreement by Dice."""

    exclude_background: bool = Field(
        False, description="Leave the background class out of the mean; only for single-label data."
    )


class PowerBaldOptions(NoiseOptions):
    """Mutual information with noise on its logarithm."""

    score: Annotated[str, ComponentName("strategy")] = Field("bald", description="Strategy whose score is made noisy.")
    kind: Literal["power"] = Field("power", description="Probability of a slice of score s: s^beta.")


class SoftrankBaldOptions(NoiseOptions):
    """Mutual information with noise on its ranking."""

    score: Annotated[str, ComponentName("strategy")] = Field("bald", description="Strategy whose score is made noisy.")
    kind: Literal["softrank"] = Field("softrank", description="Probability of a slice of rank r: r^-beta.")
