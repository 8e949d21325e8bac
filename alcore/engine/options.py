"""Options of the engine. Light: validation of a configuration imports this, not torch."""

from typing import Literal

from pydantic import Field

from alcore.specs import Options


class LoopOptions(Options):
    """The active learning loop."""

    rounds: int = Field(50, ge=0, description="Rounds after round 0, each one query, annotation and training.")
    budget: int = Field(16, ge=1, description="Slices annotated per round.")
    initial: int = Field(32, ge=1, description="Slices annotated before round 0, drawn at random by the seed.")


class LearnerOptions(Options):
    """How the model is trained in each round."""

    epochs: int = Field(10, ge=1, description="Epochs per round.")
    batch_size: int = Field(32, ge=1, description="Largest number of slices in a batch.")
    min_steps: int = Field(
        1,
        ge=1,
        description="Least number of optimiser steps per epoch: a small labelled set is cut into this many batches "
        "of equal size (each of at least one slice) instead of fewer full ones.",
    )
    learning_rate: float = Field(1e-4, gt=0.0, description="Learning rate of Adam, which starts afresh each round.")
    weights: Literal["fine-tune", "reset"] = Field(
        "fine-tune", description="Each round goes on from the last one's weights, or from the initial ones."
    )
    model_selection: Literal["best", "last"] = Field(
        "best", description="Keep the epoch with the best mean validation Dice, or the last one."
    )
    validation_interval: int = Field(
        1, ge=1, description="Validate every so many epochs (and always after the last) when the best one is kept."
    )
    amp: Literal["off", "bfloat16", "float16"] = Field(
        "off", description="Automatic mixed precision: type of the forward pass (float16 on CUDA only)."
    )
    compile: bool = Field(False, description="Compile the model with torch.compile (20 to 45 s at first).")


class EvaluationOptions(Options):
    """What is measured after each round."""

    metrics: tuple[str, ...] = Field(("dice",), description="Metrics computed after each round, by name.")
