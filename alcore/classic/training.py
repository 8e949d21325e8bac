"""Classic training in 3D: one training on patches of all scans, scored as a round is."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from alcore.classic.evaluator import VolumeEvaluator
from alcore.classic.patches import PatchSet
from alcore.engine.batches import steps_of_epochs
from alcore.engine.evaluator import summarise
from alcore.engine.inference import Inference
from alcore.engine.learner import Learner
from alcore.engine.moments import Moments, announce
from alcore.engine.oracle import Oracle
from alcore.pool.data import SplitData
from alcore.scans import Split


@dataclass
class VolumeTraining:
    """All that a classic training in 3D consists of, built and ready.

    Args:
        data: the training scans.
        patches: what the learner trains on.
        inference: the model, applied.
        learner: the model, trained.
        evaluators: by split: validation, and test where scans are set aside.
        class_names: names of the foreground classes.
    """

    data: SplitData
    patches: PatchSet
    inference: Inference
    learner: Learner
    evaluators: Mapping[Split, VolumeEvaluator]
    class_names: tuple[str, ...]


def train_volumes(training: VolumeTraining, listeners: Sequence[Moments] = ()) -> dict[str, Any]:
    """Train and evaluate; return the record of round 0, in the form of an active learning round."""
    announce(listeners, "round_started", round=0)
    started = time.perf_counter()
    sizes = _sizes(training.data)
    annotated = time.perf_counter()
    epochs = len(steps_of_epochs(len(training.patches), training.learner.options, 0))
    announce(listeners, "training_started", round=0, epochs=epochs, n_slices=len(training.data.table))
    report = training.learner.fit(training.patches, 0, listeners)
    trained = time.perf_counter()
    scores = {
        split: summarise(
            evaluator.scores(training.inference, report.counts if split == "validation" else None),
            training.class_names,
        )
        for split, evaluator in training.evaluators.items()
    }
    seconds = {
        "query": 0.0,
        "annotate": annotated - started,
        "train": report.train_seconds,
        "validate": report.validate_seconds,
        "evaluate": time.perf_counter() - trained,
    }
    return {
        "round": 0,
        **sizes,
        "blocks": 0,
        "blocks_not_interpolated": 0,
        "kept_epoch": report.kept_epoch,
        "steps": report.steps,
        "losses": report.losses,
        "validation_dice": report.validation,
        "learning_rates": report.learning_rates,
        "scores": scores,
        "seconds": {name: round(value, 4) for name, value in seconds.items()},
    }


def _sizes(data: SplitData) -> dict[str, int]:
    """What was annotated: everything."""
    oracle, rows = Oracle(data.labels), np.arange(len(data.table))
    oracle.annotate(rows)
    return {
        "queried": len(rows),
        "labelled": len(rows),
        "pseudo_labelled": 0,
        "scans_labelled": len(data.table.scan_ids),
        "foreground_voxels": int(oracle.foreground.sum()),
        "boundary_voxels": int(oracle.boundary.sum()),
        "pool": len(rows),
    }
