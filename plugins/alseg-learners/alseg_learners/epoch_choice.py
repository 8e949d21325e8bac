"""Which epoch of a training is kept, and when a training has gone on for long enough."""

import copy
import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import torch
from torch import Tensor, nn

from alcore import ConfusionCounts, Validation


class BestEpoch:
    """The best epoch so far; of equals the latest, so that rounds in which every epoch scores 0 still train."""

    def __init__(self) -> None:
        self.epoch = 0
        self.weights: dict[str, Tensor] | None = None
        self.validation: Validation | None = None
        self._dice = -math.inf

    def offer(self, epoch: int, validation: Validation, model: nn.Module) -> None:
        """Keep the model's weights if its Dice is not below the best; NaN is below everything but NaN."""
        dice = -math.inf if math.isnan(validation.dice) else validation.dice
        if dice >= self._dice:
            self.epoch, self.validation, self._dice = epoch, validation, dice
            self.weights = copy.deepcopy(model.state_dict())

    def state(self) -> dict[str, Any]:
        """All that is known, for :meth:`restore`."""
        kept = self.validation
        counts = None if kept is None else {k: torch.from_numpy(v) for k, v in asdict(kept.counts).items()}
        return {"epoch": self.epoch, "weights": self.weights, "counts": counts, "dice": self._dice}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Know what was known when ``state`` was taken."""
        self.epoch, self.weights, self._dice = int(state["epoch"]), state["weights"], float(state["dice"])
        counts = state["counts"]
        arrays = None if counts is None else {k: v.cpu().numpy() for k, v in counts.items()}
        self.validation = None if arrays is None else Validation(ConfusionCounts(**arrays))


class EarlyStopping:
    """Counts validations in a row without a Dice above the best by more than ``delta``.

    Args:
        patience: as many of them end the training; None: nothing ends it.
        delta: see above.
    """

    def __init__(self, patience: int | None, delta: float) -> None:
        self._patience = patience
        self._delta = delta
        self._best = -math.inf
        self._without = 0

    def ends_with(self, dice: float) -> bool:
        """Whether this validation is the last one."""
        if dice > self._best + self._delta:
            self._best, self._without = dice, 0
        else:
            self._without += 1
        return self._patience is not None and self._without >= self._patience

    def state(self) -> dict[str, Any]:
        """All that is known, for :meth:`restore`."""
        return {"best": self._best, "without": self._without}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Know what was known when ``state`` was taken."""
        self._best, self._without = float(state["best"]), int(state["without"])
