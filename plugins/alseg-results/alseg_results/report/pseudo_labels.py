"""How good the pseudo-labels of a run are, measured against the true labels in the store."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from alseg_bench.interpolation.scores import Labels, dice_per_class

from alseg_results.runs import RunRecord

if TYPE_CHECKING:
    from alcore import SliceStore


def pseudo_label_dice(run: RunRecord, store: "SliceStore") -> Mapping[int, float]:
    """Dice of the pseudo-labels that the run trained on in its last round, by the round that made them.

    The Dice of a round is taken per foreground class over all its pseudo-labelled slices together, and averaged over
    the classes present. Slices that were annotated later have a true label by then and do not count.

    Raises:
        AlsegError: the last checkpoint is missing or damaged, or the store cannot be read.
    """
    import torch

    from alcore.api.checkpoints import check_fits, read_checkpoint

    path = run.directory / "checkpoints" / f"round-{run.rounds[-1]['round']:04d}.pt"
    read = read_checkpoint(path, torch.device("cpu")).pseudo_labels
    labels = {index: label.numpy() for index, label in read.items()}
    numbers = {name: number for number, name in enumerate(store.scans.ids)}
    made: dict[int, int] = {}
    places: dict[int, tuple[int, int]] = {}
    for row in run.selections:
        index = int(row["slice"])
        if row["kind"] == "pseudo" and index in labels:
            made[index] = int(row["round"])  # a later block may have filled the slice anew
            places[index] = (numbers[row["scan"]], int(row["position"]))
            check_fits(labels[index], index, store.read_label(*places[index]).shape, path)
    rounds: dict[int, list[int]] = {}
    for index, number in made.items():
        rounds.setdefault(number, []).append(index)
    return {number: _dice(chosen, places, labels, store) for number, chosen in sorted(rounds.items())}


def _dice(
    chosen: Sequence[int], places: Mapping[int, tuple[int, int]], labels: Mapping[int, Labels], store: "SliceStore"
) -> float:
    # Slices differ in size, and Dice only counts voxels, so each is laid flat and put behind the others.
    label_space = store.info.label_space
    leading = label_space.leading_shape
    filled = np.concatenate([labels[index].reshape(*leading, -1) for index in chosen], axis=-1)
    truth = np.concatenate([store.read_label(*places[index]).reshape(*leading, -1) for index in chosen], axis=-1)
    shape = (1, *leading, 1, -1)
    dice = dice_per_class(
        filled.reshape(shape), truth.reshape(shape), np.array(label_space.foreground), label_space.multi_label
    )
    return float(np.nanmean(dice)) if np.isfinite(dice).any() else float("nan")
