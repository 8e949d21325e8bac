"""The rows of a round in ``selections.csv`` and in ``scores/``."""

import numpy as np

from alcore.engine.experiment import Experiment
from alcore.engine.loop import RoundResult
from alcore.records import Kind, ScanScore, SelectedSlice


def selection_rows(experiment: Experiment, result: RoundResult) -> list[SelectedSlice]:
    """The rows of ``selections.csv`` for one round: what was queried, then what was pseudo-labelled."""
    table, selection = experiment.images.table, result.selection
    scan_slices = np.bincount(table.scan)
    block_of = {index: block for block in selection.blocks for index in range(block.first, block.last + 1)}
    round_number = result.record["round"]

    def row(order: int, kind: Kind, index: int, score: float | None = None) -> SelectedSlice:
        block, paid = block_of.get(index), kind != "pseudo"
        return {
            "round": round_number,
            "order": order,
            "kind": kind,
            "slice": index,
            "scan": table.scan_ids[table.scan[index]],
            "position": int(table.position[index]),
            "score": score,
            "block_first": block.first if block else None,
            "block_last": block.last if block else None,
            "scan_slices": int(scan_slices[table.scan[index]]),
            "height": int(table.height[index]),
            "width": int(table.width[index]),
            "foreground": int(experiment.annotations.foreground[index]) if paid else None,
            "boundary": int(experiment.annotations.boundary[index]) if paid else None,
        }

    kind: Kind = "query" if round_number else "initial"
    scores: list[float | None] = [None] * len(selection.indices)
    if selection.scores is not None:
        scores = [float(score) for score in selection.scores]
    queried = [row(k, kind, int(index), scores[k]) for k, index in enumerate(selection.indices)]
    return queried + [row(k, "pseudo", index) for k, index in enumerate(result.pseudo_labelled)]


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
