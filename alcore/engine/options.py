"""Options of the engine. Light: validation of a configuration imports this, not torch."""

import math
import threading
from typing import Annotated, Literal

from pydantic import Field, model_validator

from alcore.engine.training_options import TrainingOptions
from alcore.specs import ComponentName, Options


class LoopOptions(Options):
    """The active learning loop."""

    rounds: int = Field(50, ge=0, description="Rounds after round 0, each one query, annotation and training.")
    budget: int = Field(16, ge=1, description="Slices annotated per round.")
    initial: int = Field(32, ge=1, description="Slices annotated before round 0.")
    start: Annotated[str, ComponentName("strategy")] = Field(
        "random", description="Strategy that chooses the slices annotated before round 0; one that needs no model."
    )
    query_seconds: float | None = Field(
        None,
        gt=0,
        le=threading.TIMEOUT_MAX / 2,
        description="Most seconds that the strategy may take for one query; then the run stops. Default: no limit.",
    )


class LearnerOptions(TrainingOptions):
    """How the model is trained in each round."""

    epochs: int = Field(10, ge=1, description="Epochs per round.")
    epochs_growth: int = Field(
        0, ge=0, description="Epochs that every round trains longer than the one before; round 0 trains 'epochs'."
    )
    steps_per_round: int | None = Field(
        None,
        ge=1,
        description="Optimiser steps per round, however few slices are labelled: an epoch is then an equal share of "
        "them instead of one pass over the labelled slices. Default: as many as the passes need.",
    )
    min_steps: int = Field(
        1,
        ge=1,
        description="Least number of optimiser steps per epoch: a small labelled set is cut into this many batches "
        "of equal size (each of at least one slice) instead of fewer full ones.",
    )
    weights: Literal["fine-tune", "reset"] = Field(
        "fine-tune", description="Each round goes on from the last one's weights, or from the initial ones."
    )

    @model_validator(mode="after")
    def _rounds_have_epochs_or_steps(self) -> "LearnerOptions":
        if self.steps_per_round is not None and self.epochs_growth:
            raise ValueError("epochs_growth and steps_per_round exclude each other: a fixed number does not grow")
        if self.steps_per_round is not None and self.steps_per_round < self.epochs:
            raise ValueError(
                f"steps_per_round {self.steps_per_round} is less than one for each of {self.epochs} epochs"
            )
        return self

    def epochs_of(self, round_number: int) -> int:
        """Epochs that a round is planned to train."""
        return self.epochs + round_number * self.epochs_growth

    def validations_of(self, round_number: int) -> int:
        """Validations between the epochs of a round, without early stopping."""
        if self.model_selection == "last":
            return 0
        return math.ceil(self.epochs_of(round_number) / self.validation_interval)


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
