"""Checkpoints: the model's weights and the pool's state after a round, all that a resumed run needs."""

import pickle
from pathlib import Path

import torch

from alcore.engine.experiment import Experiment
from alcore.errors import AlsegError
from alcore.pool.pool import Pool
from alcore.query import Status
from alcore.runs.files import write_atomically


def save_checkpoint(experiment: Experiment, path: Path) -> None:
    """Write the experiment's state atomically."""
    state = {
        "model": plain_model(experiment).state_dict(),
        "status": torch.from_numpy(experiment.pool.status.copy()),
        "pseudo_labels": {index: torch.from_numpy(label) for index, label in experiment.pseudo_labels.items()},
    }
    write_atomically(path, lambda file: torch.save(state, file))


def load_checkpoint(experiment: Experiment, path: Path) -> None:
    """Put the experiment into the state of a checkpoint.

    Raises:
        AlsegError: the file is missing or damaged, or it was made by another model.
    """
    try:
        state = torch.load(path, map_location=experiment.inference.device, weights_only=True)
        plain_model(experiment).load_state_dict(state["model"])
        status, pseudo_labels = state["status"].cpu().numpy(), state["pseudo_labels"]
    except FileNotFoundError as error:
        raise AlsegError(f"the checkpoint {path} is missing", hint="start the run anew") from error
    except (RuntimeError, KeyError, TypeError, EOFError, OSError, pickle.UnpicklingError) as error:
        reason = str(error).splitlines()[0]
        raise AlsegError(
            f"the checkpoint {path} is damaged or was made by another model: {reason}", hint="start the run anew"
        ) from error
    experiment.pool = Pool(experiment.pool.table, status)
    experiment.oracle.annotate(experiment.pool.rows(Status.LABELLED))
    experiment.pseudo_labels = {index: label.cpu().numpy() for index, label in pseudo_labels.items()}


def plain_model(experiment: Experiment) -> torch.nn.Module:
    """The model without the wrapper that ``torch.compile`` puts around it."""
    model = experiment.learner.model
    return getattr(model, "_orig_mod", model)
