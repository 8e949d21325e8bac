"""Options of the learners. Light: validation of a configuration imports this, not torch."""

import math
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from alcore import Options
from alseg_learners.augmentation_options import AugmentationOptions

ADAMW_WEIGHT_DECAY = 0.01
"""torch's own default; without decay AdamW would be Adam."""

_OWNERS = {
    "momentum": ("optimiser", ("sgd",)),
    "nesterov": ("optimiser", ("sgd",)),
    "final_learning_rate": ("schedule", ("cosine", "plateau")),
    "polynomial_power": ("schedule", ("polynomial",)),
    "plateau_factor": ("schedule", ("plateau",)),
    "plateau_patience": ("schedule", ("plateau",)),
}
"""Options that mean something for some optimisers or schedules only."""


class TrainingOptions(Options):
    """How a network is trained in each round."""

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
    batch_size: int = Field(32, ge=1, description="Largest number of images in a batch.")
    micro_batch_size: int | None = Field(
        None,
        ge=1,
        description="Largest number of images that pass through the model at once: a larger batch is computed in "
        "parts, with the same gradient (but batch norm sees a part at a time), in less memory and more time. "
        "Default: no limit.",
    )
    optimiser: Literal["adam", "adamw", "sgd"] = Field(
        "adam", description="Optimiser; starts afresh with each training."
    )
    learning_rate: float = Field(1e-4, gt=0.0, description="Learning rate, with a schedule the first one.")
    weight_decay: float = Field(
        0.0, ge=0.0, description=f"Weight decay (adam, sgd: L2 penalty). Default: 0, for adamw {ADAMW_WEIGHT_DECAY}."
    )
    momentum: float = Field(0.9, ge=0.0, lt=1.0, description="Momentum of sgd.")
    nesterov: bool = Field(False, description="Nesterov's momentum, for sgd.")
    schedule: Literal["none", "cosine", "plateau", "polynomial"] = Field(
        "none",
        description="Learning rate: constant; along half a cosine to final_learning_rate; lowered when the validation "
        "Dice no longer rises; or times (1 - step / steps)**polynomial_power.",
    )
    final_learning_rate: float = Field(0.0, ge=0.0, description="Lowest learning rate of cosine and plateau.")
    polynomial_power: float = Field(0.9, gt=0.0, description="Exponent of schedule polynomial.")
    plateau_factor: float = Field(0.5, gt=0.0, lt=1.0, description="What plateau multiplies the learning rate by.")
    plateau_patience: int = Field(
        3, ge=0, description="Validations without a better Dice that plateau tolerates before it lowers the rate."
    )
    clip_norm: float | None = Field(
        None, gt=0.0, description="Largest norm of the gradient over all weights; longer ones are scaled down to it."
    )
    model_selection: Literal["best", "last"] = Field(
        "best", description="Keep the epoch with the best mean validation Dice, or the last one."
    )
    validation_interval: int = Field(
        1, ge=1, description="Validate every so many epochs (and always after the last) when the best one is kept."
    )
    early_stopping_patience: int | None = Field(
        None,
        ge=1,
        description="End training after this many validations in a row without a better Dice. Default: never.",
    )
    early_stopping_delta: float = Field(
        0.0, ge=0.0, lt=1.0, description="By how much a validation Dice must exceed the best one to count as better."
    )
    amp: Literal["off", "bfloat16", "float16"] = Field(
        "off", description="Automatic mixed precision: type of the forward pass (float16 on CUDA only)."
    )
    compile: bool = Field(False, description="Compile the model with torch.compile (20 to 45 s at first).")

    augmentation: AugmentationOptions = Field(
        default_factory=lambda: AugmentationOptions.model_validate({}),
        description="Random changes of each training image; none by default.",
    )

    @model_validator(mode="before")
    @classmethod
    def _adamw_decays(cls, values: Any) -> Any:
        if isinstance(values, dict) and values.get("optimiser") == "adamw":
            return {"weight_decay": ADAMW_WEIGHT_DECAY, **values}
        return values

    @model_validator(mode="after")
    def _options_belong_to_what_was_chosen(self) -> "TrainingOptions":
        for option, (chooser, owners) in _OWNERS.items():
            chosen = getattr(self, chooser)
            if chosen not in owners and getattr(self, option) != type(self).model_fields[option].default:
                raise ValueError(f"{option} is an option of {chooser} {' or '.join(owners)}, but {chooser} is {chosen}")
        if self.nesterov and not self.momentum:
            raise ValueError("nesterov needs a momentum above 0")
        if self.final_learning_rate > self.learning_rate:
            raise ValueError("final_learning_rate must not exceed learning_rate")
        return self

    @model_validator(mode="after")
    def _what_is_monitored_is_measured(self) -> "TrainingOptions":
        for option, asked in (
            ("schedule plateau", self.schedule == "plateau"),
            ("early_stopping_patience", self.early_stopping_patience is not None),
        ):
            if asked and self.model_selection == "last":
                raise ValueError(
                    f"{option} watches the validation Dice, which model_selection last does not measure: use best"
                )
        if self.early_stopping_delta and self.early_stopping_patience is None:
            raise ValueError("early_stopping_delta needs an early_stopping_patience")
        return self

    @model_validator(mode="after")
    def _rounds_have_epochs_or_steps(self) -> "TrainingOptions":
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


class SlicesOptions(TrainingOptions):
    """How a 2D network is trained on slices."""

    committee: Literal["none", "dropout"] = Field(
        "none",
        description="Who answers strategies that ask several models: none, or dropout, the trained network with "
        "different channels left out.",
    )
    members: int = Field(8, ge=2, le=1000, description="Members of the committee.")

    @model_validator(mode="after")
    def _members_belong_to_a_committee(self) -> "SlicesOptions":
        if self.committee == "none" and self.members != type(self).model_fields["members"].default:
            raise ValueError("members is an option of a committee, but committee is none")
        return self


Length = Annotated[int, Field(ge=8, le=4096)]


class VolumesOptions(TrainingOptions):
    """How a 3D network is trained on patches of volumes, and applied to volumes."""

    batch_size: int = Field(2, ge=1, description="Largest number of patches in a batch.")
    patch_size: tuple[Length, Length, Length] | None = Field(
        None,
        description="Voxels of a patch along (slices, rows, columns); smaller scans are padded. "
        "Default: the median size of the training scans, scaled down to at most 2**20 voxels.",
    )
    patches_per_scan: int = Field(4, ge=1, le=10_000, description="Patches that an epoch draws from each scan.")
    foreground_share: float = Field(
        1 / 3, ge=0.0, le=1.0, description="Share of a batch's patches that are drawn around foreground."
    )
    overlap: float = Field(
        0.5, ge=0.0, lt=1.0, description="Share of a patch by which neighbouring windows overlap in prediction."
    )
