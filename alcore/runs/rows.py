"""The rows of a round in ``selections.csv`` and in ``scores/``."""

import numpy as np
import torch

from alcore.engine.experiment import Experiment
from alcore.engine.loop import RoundResult
from alcore.pool.effort import label_effort
from alcore.records import Kind, ScanScore, SelectedSlice


def selection_rows(experiment: Experiment, result: RoundResult) -> list[SelectedSlice]:
    """The rows of ``selections.csv`` for one round: what was queried, then what was pseudo-labelled."""
    table, units, selection = experiment.images.table, experiment.units, result.selection
    scan_slices = np.bincount(table.scan)
    block_of = {index: block for block in selection.blocks for index in range(block.first, block.last + 1)}
    round_number = result.record["round"]

    def row(order: int, kind: Kind, index: int, score: float | None = None) -> SelectedSlice:
        block, (scan, (position, top, left), upper) = block_of.get(index), units[index]
        foreground, boundary = (None, None) if kind == "pseudo" else _effort(experiment, index)
        return {
            "round": round_number,
            "order": order,
            "kind": kind,
            "slice": index,
            "scan": table.scan_ids[scan],
            "position": position,
            "score": score,
            "block_first": block.first if block else None,
            "block_last": block.last if block else None,
            "scan_slices": int(scan_slices[scan]),
            "slices": upper[0] - position,
            "top": top,
            "left": left,
            "height": upper[1] - top,
            "width": upper[2] - left,
            "foreground": foreground,
            "boundary": boundary,
        }

    kind: Kind = "query" if round_number else "initial"
    scores: list[float | None] = [None] * len(selection.indices)
    if selection.scores is not None:
        scores = [float(score) for score in selection.scores]
    queried = [row(k, kind, int(index), scores[k]) for k, index in enumerate(selection.indices)]
    return queried + [row(k, "pseudo", index) for k, index in enumerate(result.pseudo_labelled)]


def _effort(experiment: Experiment, index: int) -> tuple[int, int]:
    """Foreground and boundary voxels that were drawn in a unit."""
    annotations = experiment.annotations
    if experiment.units.kind == "slice":
        return int(annotations.foreground[index]), int(annotations.boundary[index])
    foreground, boundary = label_effort(torch.from_numpy(annotations.region(experiment.units[index])))
    return int(foreground.sum()), int(boundary.sum())


def score_rows(experiment: Experiment, result: RoundResult) -> list[ScanScore]:
    """The score of each scan of each split by each metric, for each foreground class."""
    names = experiment.label_space.foreground_names
    return [
        {
            "split": split,
            "scan": scan,
            "metric": metric,
            "class": name,
            "value": None if np.isnan(values[number, k]) else float(values[number, k]),
        }
        for split, scores in result.scores.items()
        for metric, values in scores.items()
        for number, scan in enumerate(experiment.evaluators[split].data.table.scan_ids)
        for k, name in enumerate(names)
    ]
