"""Checkpoints: the learner's and the pool's state after a round, all that a resumed run needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from alcore.engine.experiment import Experiment
from alcore.errors import AlsegError
from alcore.files import write_atomically
from alcore.learning import ForeignStateError, Learner, State
from alcore.query import Status
from alcore.records import SelectedSlice

_HINT = "start the run anew"
_KEYS = frozenset({"learner", "status", "pseudo_labels"})


def save_checkpoint(experiment: Experiment, path: Path) -> None:
    """Write the experiment's state atomically: the learner's, the status of the pool's slices, pseudo-labels."""
    annotations = experiment.annotations
    state = {
        "learner": dict(experiment.learner.state()),
        "status": torch.from_numpy(annotations.status.copy()),
        "pseudo_labels": {index: torch.from_numpy(label) for index, label in annotations.pseudo_labels.items()},
    }
    write_atomically(path, lambda file: torch.save(state, file))


def load_checkpoint(experiment: Experiment, path: Path, selections: Sequence[SelectedSlice]) -> None:
    """Put the experiment, in which nothing is annotated yet, into the state of a checkpoint.

    Args:
        experiment: the experiment.
        path: the checkpoint.
        selections: what was queried in the rounds until then; its labels are asked for again.

    Raises:
        AlsegError: the file is missing or damaged, or it was made by another model. The experiment stays as it was.
    """
    checkpoint = read_checkpoint(path, experiment.images.device)
    table = experiment.images.table
    if len(checkpoint.status) != len(table):
        raise damaged(path, f"it knows {len(checkpoint.status)} slices, and the pool has {len(table)}")
    for index, label in checkpoint.pseudo_labels.items():
        shape = (*experiment.label_space.leading_shape, int(table.height[index]), int(table.width[index]))
        check_fits(label.numpy(force=True), index, shape, path)
    queried = _queried(selections)
    labelled = np.flatnonzero(checkpoint.status.numpy(force=True) == Status.LABELLED)
    asked = experiment.units.take(np.concatenate(list(queried.values())))
    if not np.array_equal(labelled, experiment.annotations.rows_of(asked)):
        raise damaged(path, "its labelled slices are not those of selections.csv")
    restore_learner(experiment.learner, checkpoint, path)
    for round_number, indices in queried.items():
        if not experiment.annotate(indices, round_number):
            raise AlsegError(f"the labels of round {round_number} are not there any more", hint=_HINT)
    experiment.annotations.fill(
        {index: label.numpy(force=True) for index, label in checkpoint.pseudo_labels.items()}, 1.0
    )


def _queried(selections: Sequence[SelectedSlice]) -> dict[int, NDArray[np.int64]]:
    """What was asked of the annotator, by round."""
    queried: dict[int, list[int]] = {}
    for row in selections:
        if row["kind"] != "pseudo":
            queried.setdefault(row["round"], []).append(row["slice"])
    return {number: np.array(indices, np.int64) for number, indices in queried.items()}


def check_fits(pseudo_label: NDArray[np.uint8], index: int, shape: tuple[int, ...], path: Path) -> None:
    """Check that the pseudo-label of slice ``index`` has the shape of the slice.

    Raises:
        AlsegError: it has not; the checkpoint ``path`` is damaged.
    """
    if pseudo_label.shape != shape:
        raise damaged(path, f"its pseudo-label {index} has the shape {pseudo_label.shape}, the slice {shape}")


def restore_learner(learner: Learner, checkpoint: "Checkpoint", path: Path) -> None:
    """Give the learner the state of a checkpoint.

    Raises:
        AlsegError: the state is damaged, or another model's. The learner stays as it was.
    """
    try:
        learner.restore(checkpoint.learner)
    except ForeignStateError as error:
        raise AlsegError(
            f"the checkpoint {path} was made by another model: {error}",
            hint="build the model with the name and options, and for the classes and channels, of its training",
        ) from error
    except (LookupError, TypeError, ValueError, AttributeError, RuntimeError) as error:
        raise damaged(path, f"the learner cannot read its state: {reason_of(error)}") from error


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint holds.

    Args:
        learner: the learner's state.
        status: (slices of the pool,) uint8, values of :class:`Status`.
        pseudo_labels: uint8, (height, width) or (classes, height, width), of exactly the pseudo-labelled slices.
    """

    learner: State
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
    return Checkpoint(state["learner"], state["status"], state["pseudo_labels"])


def _fault_of(state: Any) -> str:
    """What is wrong with the content of a checkpoint; empty where nothing is."""
    if not isinstance(state, dict) or set(state) != _KEYS:
        return f"it does not hold exactly {', '.join(sorted(_KEYS))}"
    learner, status, pseudo_labels = state["learner"], state["status"], state["pseudo_labels"]
    if not isinstance(learner, dict) or not all(isinstance(key, str) for key in learner) or not _all_dense(learner):
        return "its learner is not a table of states by name, with dense tensors"
    if not _is_dense(status, torch.uint8) or status.ndim != 1 or (status > max(Status)).any():
        return f"its status is not one uint8 of 0 to {int(max(Status))} for each slice"
    if not isinstance(pseudo_labels, dict) or not all(
        type(k) is int and _is_dense(v, torch.uint8) for k, v in pseudo_labels.items()
    ):
        return "its pseudo_labels are not a table of uint8 tensors by slice"
    if sorted(pseudo_labels) != torch.nonzero(status == int(Status.PSEUDO_LABELLED)).flatten().tolist():
        return "its pseudo_labels are not those of the slices that its status calls pseudo-labelled"
    return ""


def _all_dense(value: Any) -> bool:
    """Whether every tensor at any depth is an ordinary one."""
    if isinstance(value, Mapping):
        return all(map(_all_dense, value.values()))
    if isinstance(value, list | tuple):
        return all(map(_all_dense, value))
    return not isinstance(value, Tensor) or _is_dense(value)


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
