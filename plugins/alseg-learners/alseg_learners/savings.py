"""Options that would shorten a long run."""

from typing import Any

import psutil
import torch

from alcore import Saving
from alseg_learners.images import Batch
from alseg_learners.network import NetworkLearner
from alseg_learners.timing import step_seconds, without_disturbing

SMALLER = 0.1
"""Share of the time that another precision must save to be named."""


def savings(learner: NetworkLearner[Any], batch: Batch) -> list[Saving]:
    """What shortens training and prediction by ``learner``; ``batch`` is what precisions are timed on."""
    options, device, found = learner.options, learner.task.device, []
    epochs = options.epochs
    if options.model_selection == "best" and options.validation_interval < epochs:
        share = 1 - options.validation_interval / epochs
        text = f"--set learner.validation_interval={epochs} validates once per round"
        found.append(Saving(text, of_validation=share))
    share, text = precision_saving(learner, batch)
    if share > SMALLER:
        found.append(_everywhere(text, share))
    if device.type == "cpu":
        cores = psutil.cpu_count(logical=False) or 1
        if cores > torch.get_num_threads():
            found.append(_everywhere(f"--set threads={cores} computes on all cores", 0.2))
        found.append(_everywhere("--device cuda runs on a GPU, where there is one", 0.9))
    return found


def precision_saving(learner: NetworkLearner[Any], batch: Batch) -> tuple[float, str]:
    """The share of time that another precision saves, timed here, and how to have it; negative where it costs time.

    Only some processors compute in bfloat16; the others imitate it and take many times as long.
    """
    options, device = learner.options, learner.task.device
    if device.type == "mps":
        return 0.0, ""
    amp, text = ("bfloat16", "computes in half precision") if options.amp == "off" else ("off", "is faster here")
    with without_disturbing(device):
        now, then = (
            step_seconds(learner, batch, tried) for tried in (options, options.model_copy(update={"amp": amp}))
        )
    return 1 - then / now, f"--set learner.amp={amp} {text}"


def _everywhere(text: str, share: float) -> Saving:
    return Saving(text, of_training=share, of_validation=share, of_queries=share)
