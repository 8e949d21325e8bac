"""Checkpoints: the model's weights and the pool's state after a round, all that a resumed run needs."""

import pickle
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

from alcore.engine.experiment import Experiment
from alcore.engine.inference import plain_model
from alcore.errors import AlsegError
from alcore.files import write_atomically
from alcore.pool.pool import Pool
from alcore.query import Status


def save_checkpoint(experiment: Experiment, path: Path) -> None:
    """Write the experiment's state atomically."""
    pseudo_labels = {index: torch.from_numpy(label) for index, label in experiment.pseudo_labels.items()}
    save_state(experiment.learner.model, torch.from_numpy(experiment.pool.status.copy()), pseudo_labels, path)


def save_state(model: nn.Module, status: Tensor, pseudo_labels: Mapping[int, Tensor], path: Path) -> None:
    """Write weights, the status of the pool's slices, and pseudo-labels by slice, atomically."""
    state = {"model": plain_model(model).state_dict(), "status": status, "pseudo_labels": dict(pseudo_labels)}
    write_atomically(path, lambda file: torch.save(state, file))


def load_checkpoint(experiment: Experiment, path: Path) -> None:
    """Put the experiment into the state of a checkpoint.

    Raises:
        AlsegError: the file is missing or damaged, or it was made by another model.
    """
    status, pseudo_labels = load_model(experiment.learner.model, path, experiment.inference.device)
    experiment.pool = Pool(experiment.pool.table, status.cpu().numpy())
    experiment.oracle.annotate(experiment.pool.rows(Status.LABELLED))
    experiment.pseudo_labels = {index: label.cpu().numpy() for index, label in pseudo_labels.items()}


def load_model(model: nn.Module, path: Path, device: torch.device) -> tuple[Tensor, dict[int, Tensor]]:
    """Give the model the weights of a checkpoint; return the rest of it: status of slices, and pseudo-labels.

    Raises:
        AlsegError: the file is missing or damaged, or it was made by another model.
    """
    try:
        state = torch.load(path, map_location=device, weights_only=True)
        weights, status, pseudo_labels = state["model"], state["status"], state["pseudo_labels"]
    except FileNotFoundError as error:
        raise AlsegError(f"the checkpoint {path} is missing", hint="start the run anew") from error
    except (RuntimeError, KeyError, TypeError, EOFError, OSError, pickle.UnpicklingError) as error:
        raise damaged(path, error, "start the run anew") from error
    load_weights(plain_model(model), weights, path)
    return status, pseudo_labels


def damaged(path: Path, error: Exception, hint: str) -> AlsegError:
    """The error for a checkpoint that cannot be read; of torch's reasons the first line is enough."""
    reason = str(error).partition("\n")[0] or type(error).__name__
    return AlsegError(f"the checkpoint {path} is damaged: {reason}", hint=hint)


def load_weights(model: nn.Module, weights: Mapping[str, Tensor], path: Path) -> None:
    """Give the model the weights of the checkpoint ``path``.

    Raises:
        AlsegError: they are another model's; the first difference is named. The model stays as it was.
    """
    own = model.state_dict()
    lacking = sorted(own.keys() - weights.keys())
    foreign = sorted(weights.keys() - own.keys())
    reshaped = [name for name in own if name in weights and own[name].shape != weights[name].shape]
    if lacking:
        difference = f"it has no weight {lacking[0]!r}"
    elif foreign:
        difference = f"it has a weight {foreign[0]!r}, which this model has not"
    elif reshaped:
        name = reshaped[0]
        difference = f"its {name!r} has the shape {tuple(weights[name].shape)}, this model's {tuple(own[name].shape)}"
    else:
        model.load_state_dict(weights)
        return
    raise AlsegError(
        f"the checkpoint {path} was made by another model: {difference}",
        hint="build the model with the name and options, and for the classes and channels, that it was trained with",
    )
