"""How slices are loaded from a store. Light: validation of a configuration imports this, not torch."""

from typing import Literal

from pydantic import Field, model_validator

from alcore.specs import Options

Normalisation = Literal["less-is-more", "z-score", "z-score-nonzero", "percentile", "window", "min-max", "none"]


class PoolOptions(Options):
    """How slices are loaded: intensities are normalised on load, never in the store."""

    normalisation: Normalisation = Field(
        "less-is-more",
        description="Per scan and channel: less-is-more (the paper's: positive mean to 0, minimum to -1), z-score, "
        "z-score-nonzero (statistics of non-zero voxels), percentile (0.5 to 99.5 % clipped to 0..1), window "
        "(clipped to window, to 0..1), min-max (to 0..1), none.",
    )
    window: tuple[float, float] = Field(
        (-160.0, 240.0), description="Lowest and highest intensity of normalisation 'window', in the scan's own unit."
    )
    memory_budget: float | None = Field(
        None,
        ge=0.0,
        description="MiB that the slices may take in memory; above it they stream from the store. "
        "Default: half of what is free on the device.",
    )

    @model_validator(mode="after")
    def _window_is_ordered(self) -> "PoolOptions":
        if not self.window[0] < self.window[1]:
            raise ValueError("window must be (lowest, highest) with lowest < highest")
        return self
