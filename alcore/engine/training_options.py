"""Options of training, of active learning's rounds and of full sets alike. Light: imports no torch."""

from typing import Any, Literal

from pydantic import Field, model_validator

from alcore.engine.augmentation_options import AugmentationOptions
from alcore.specs import Options

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
    """How a model is trained on a given set of images."""

    epochs: int = Field(10, ge=1, description="Epochs.")
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
