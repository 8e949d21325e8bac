"""How far the training of a round has come, so that a long one can go on where it was stopped."""

from dataclasses import asdict, dataclass, field
from typing import Any

import torch

from alcore import State


@dataclass
class FitProgress:
    """What the epochs of a round came to so far.

    Args:
        losses: mean loss of each epoch.
        validation: mean validation Dice of each epoch, None where it was not measured.
        learning_rates: the learning rate with which each epoch began.
        steps: optimiser steps taken.
        train_seconds: time spent in training.
        validate_seconds: time spent in validation between epochs.
        ended: whether early stopping ended the training.
    """

    losses: list[float] = field(default_factory=list)
    validation: list[float | None] = field(default_factory=list)
    learning_rates: list[float] = field(default_factory=list)
    steps: int = 0
    train_seconds: float = 0.0
    validate_seconds: float = 0.0
    ended: bool = False

    def state(self) -> dict[str, Any]:
        """The fields, for :meth:`of`."""
        return asdict(self)

    @classmethod
    def of(cls, state: State) -> "FitProgress":
        """The progress of which ``state`` was taken.

        Raises:
            TypeError: it has other fields, or fields of other types.
            ValueError: it tells of no epoch, or not the same of every epoch.
        """
        progress = cls(**state)
        lists = (progress.losses, progress.validation, progress.learning_rates)
        of_epochs = [value for values in lists for value in values if value is not None]
        totals = (progress.steps, progress.train_seconds, progress.validate_seconds)
        if not all(isinstance(value, int | float) for value in (*of_epochs, *totals)):
            raise TypeError("its progress holds something that is no number")
        if {len(values) for values in lists} != {len(progress.losses) or -1}:
            raise ValueError("its progress holds no epoch, or not the same of every epoch")
        return progress


def random_state(device: torch.device) -> dict[str, Any]:
    """The state of torch's global generators, for :func:`restore_random_state`."""
    state = {"cpu": torch.get_rng_state()}
    if device.type == "cuda":
        state["cuda"] = torch.cuda.get_rng_state(device)
    return state


def restore_random_state(state: State, device: torch.device) -> None:
    """Put torch's global generators into the state that was taken; tensors of it may lie on any device."""
    torch.set_rng_state(state["cpu"].cpu())
    if "cuda" in state:
        torch.cuda.set_rng_state(state["cuda"].cpu(), device)
