"""Checkpoints: the model's weights and the pool's state after a round, all that a resumed run needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from alcore.engine.experiment import Experiment
from alcore.engine.inference import plain_model
from alcore.errors import AlsegError
from alcore.files import write_atomically
from alcore.pool.pool import Pool
from alcore.query import Status

_HINT = "start the run anew"
_KEYS = frozenset({"model", "status", "pseudo_labels"})


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
        AlsegError: the file is missing or damaged, or it was made by another model. The experiment stays as it was.
    """
    checkpoint = read_checkpoint(path, experiment.inference.device)
    table = experiment.pool.table
    if len(checkpoint.status) != len(table):
        raise damaged(path, f"it knows {len(checkpoint.status)} slices, and the pool has {len(table)}")
    for index, label in checkpoint.pseudo_labels.items():
        shape = (*experiment.label_space.leading_shape, int(table.height[index]), int(table.width[index]))
        check_fits(label.numpy(force=True), index, shape, path)
    load_weights(plain_model(experiment.learner.model), checkpoint.weights, path)
    experiment.pool = Pool(table, checkpoint.status.cpu().numpy())
    experiment.oracle.annotate(experiment.pool.rows(Status.LABELLED))
    experiment.pseudo_labels = {index: label.cpu().numpy() for index, label in checkpoint.pseudo_labels.items()}


def check_fits(pseudo_label: NDArray[np.uint8], index: int, shape: tuple[int, ...], path: Path) -> None:
    """Check that the pseudo-label of slice ``index`` has the shape of the slice.

    Raises:
        AlsegError: it has not; the checkpoint ``path`` is damaged.
    """
    if pseudo_label.shape != shape:
        raise damaged(path, f"its pseudo-label {index} has the shape {pseudo_label.shape}, the slice {shape}")


def load_model(model: nn.Module, path: Path, device: torch.device) -> None:
    """Give the model the weights of a checkpoint.

    Raises:
        AlsegError: the file is missing or damaged, or it was made by another model.
    """
    load_weights(plain_model(model), read_checkpoint(path, device).weights, path)


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint holds.

    Args:
        weights: the model's, by name; dense tensors.
        status: (slices of the pool,) uint8, values of :class:`Status`.
        pseudo_labels: uint8, (height, width) or (classes, height, width), of exactly the pseudo-labelled slices.
    """

    weights: Mapping[str, Tensor]
    status: Tensor
    pseudo_labels: Mapping[int, Tensor]


def read_checkpoint(path: Path, device: torch.device) -> Checkpoint:
    """Read a checkpoint; its tensors come to lie on ``device``.

    Raises:
        AlsegError: the file is missing or damaged.
    """
    try:
        state = read_state(path, device, _HINT)
    except FileNotFoundError as error:
        raise AlsegError(f"the checkpoint {path} is missing", hint=_HINT) from error
    fault = _fault_of(state)
    if fault:
        raise damaged(path, fault)
    return Checkpoint(state["model"], state["status"], state["pseudo_labels"])


def _fault_of(state: Any) -> str:
    """What is wrong with the content of a checkpoint; empty where nothing is."""
    if not isinstance(state, dict) or set(state) != _KEYS:
        return f"it does not hold exactly {', '.join(sorted(_KEYS))}"
    weights, status, pseudo_labels = state["model"], state["status"], state["pseudo_labels"]
    if not isinstance(weights, dict) or not all(isinstance(k, str) and _is_dense(v) for k, v in weights.items()):
        return "its model is not a table of dense tensors by name"
    if not _is_dense(status, torch.uint8) or status.ndim != 1 or (status > max(Status)).any():
        return f"its status is not one uint8 of 0 to {int(max(Status))} for each slice"
    if not isinstance(pseudo_labels, dict) or not all(
        type(k) is int and _is_dense(v, torch.uint8) for k, v in pseudo_labels.items()
    ):
        return "its pseudo_labels are not a table of uint8 tensors by slice"
    if sorted(pseudo_labels) != torch.nonzero(status == int(Status.PSEUDO_LABELLED)).flatten().tolist():
        return "its pseudo_labels are not those of the slices that its status calls pseudo-labelled"
    return ""


def _is_dense(value: Any, dtype: torch.dtype | None = None) -> bool:
    """Whether it is an ordinary tensor that holds its numbers, of ``dtype`` where one is given."""
    return (
        isinstance(value, Tensor)
        and value.layout == torch.strided
        and not value.is_quantized
        and not value.is_meta
        and dtype in (None, value.dtype)
    )


def read_state(path: Path, device: torch.device, hint: str) -> Any:
    """What ``torch.save`` wrote, read without running code of the file; its content is not checked.

    Raises:
        FileNotFoundError: it is missing.
        AlsegError: it is damaged; with this hint.
    """
    try:
        return torch.load(path, map_location=device, weights_only=True)
    except FileNotFoundError:
        raise
    except Exception as error:  # torch.load raises nearly every kind on damaged files
        raise damaged(path, reason_of(error), hint) from error


def reason_of(error: Exception) -> str:
    """Of torch's reasons the first line, and the second where the first only announces it."""
    first, _, rest = str(error).partition("\n")
    second = rest.partition("\n")[0].strip() if first.endswith((":", ": ")) else ""
    reason = f"{first.strip()} {second}".strip()
    return f"{type(error).__name__}: {reason}" if isinstance(error, LookupError) else reason or type(error).__name__


def damaged(path: Path, what: str, hint: str = _HINT) -> AlsegError:
    """The error for a checkpoint that cannot be used."""
    return AlsegError(f"the checkpoint {path} is damaged: {what}", hint=hint)


def load_weights(model: nn.Module, weights: Mapping[str, Tensor], path: Path) -> None:
    """Give the model the weights of the checkpoint ``path``.

    Raises:
        AlsegError: they are another model's; the first difference is named. The model stays as it was.
    """
    own = model.state_dict()
    lacking = sorted(own.keys() - weights.keys())
    foreign = sorted(weights.keys() - own.keys())
    common = [name for name in own if name in weights]
    reshaped = [name for name in common if own[name].shape != weights[name].shape]
    retyped = [name for name in common if own[name].dtype != weights[name].dtype]
    if lacking:
        difference = f"it has no weight {lacking[0]!r}"
    elif foreign:
        difference = f"it has a weight {foreign[0]!r}, which this model has not"
    elif reshaped:
        name = reshaped[0]
        difference = f"its {name!r} has the shape {tuple(weights[name].shape)}, this model's {tuple(own[name].shape)}"
    elif retyped:
        name = retyped[0]
        difference = f"its {name!r} is {weights[name].dtype}, this model's {own[name].dtype}"
    else:
        model.load_state_dict(weights)
        return
    raise AlsegError(
        f"the checkpoint {path} was made by another model: {difference}",
        hint="build the model with the name and options, and for the classes and channels, that it was trained with",
    )
