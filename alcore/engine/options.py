"""Options of the engine. Light: validation of a configuration imports this, not torch."""

from typing import Annotated

from pydantic import Field, model_validator

from alcore.guards.time_limit import LONGEST
from alcore.specs import ComponentName, Options, UnitKind

Length = Annotated[int, Field(ge=1)]


class LoopOptions(Options):
    """The active learning loop."""

    rounds: int = Field(50, ge=0, description="Rounds after round 0, each one query, annotation and training.")
    budget: int = Field(16, ge=1, description="Slices (or what loop.unit says) annotated per round.")
    initial: int = Field(32, ge=1, description="Slices (or what loop.unit says) annotated before round 0.")
    unit: UnitKind = Field("slice", description="What is queried: whole slices, patches, or volumes, which are scans.")
    patch_size: tuple[Length, Length, Length] = Field(
        (20, 20, 20),
        description="Patches: their slices, rows and columns. A dimension of a scan that is smaller is taken whole.",
    )
    patch_stride: tuple[Length, Length, Length] | None = Field(
        None, description="Patches: steps between candidates along slices, rows and columns. Default: half a patch."
    )
    patch_overlap: float = Field(
        0.0, ge=0, lt=1, description="Patches: the share of one that may overlap what was chosen before."
    )
    most_per_scan: int = Field(
        0, ge=0, description="Patches and volumes: the most of one scan in a round; 0 for any number."
    )
    start: Annotated[str, ComponentName("strategy")] = Field(
        "random", description="Strategy that chooses the slices annotated before round 0; one that needs no model."
    )
    query_seconds: float | None = Field(
        None,
        gt=0,
        le=LONGEST,
        description="Most seconds that the strategy may take for one query; then the run stops. Default: no limit.",
    )


class EvaluationOptions(Options):
    """What is measured after each round."""

    metrics: tuple[Annotated[str, ComponentName("metric")], ...] = Field(
        ("dice",),
        description="Metrics computed after each round: names, or tables such as {name = 'surface-dice', tolerance = "
        "2}.",
    )
    confidence_levels: tuple[Annotated[float, Field(gt=0.0, lt=1.0)], ...] = Field(
        (),
        description="Multi-label data: further probabilities above which a class counts as predicted; each metric but "
        "those of probabilities is then scored at each of them too, as 'dice@0.3'. The usual one is 0.5.",
    )

    @model_validator(mode="after")
    def _levels_differ(self) -> "EvaluationOptions":
        if len(set(self.confidence_levels)) < len(self.confidence_levels):
            raise ValueError("confidence_levels names a level twice")
        return self
