"""Classic training in 3D: one training on patches of all scans, scored as a round is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from alcore.classic.evaluator import VolumeEvaluator
from alcore.classic.patches import PatchSet
from alcore.engine.evaluator import evaluate_splits
from alcore.engine.inference import Inference
from alcore.engine.learner import Learner
from alcore.engine.moments import Moments, announce
from alcore.engine.oracle import Oracle
from alcore.engine.record import PhaseClock, round_record
from alcore.labels import LabelSpace
from alcore.pool.data import SplitData
from alcore.records import RoundRecord, RoundSizes
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
        label_space: what the classes are.
    """

    data: SplitData
    patches: PatchSet
    inference: Inference
    learner: Learner
    evaluators: Mapping[Split, VolumeEvaluator]
    label_space: LabelSpace


def train_volumes(training: VolumeTraining, listeners: Sequence[Moments] = ()) -> RoundRecord:
    """Train and evaluate; return the record of round 0, in the form of an active learning round."""
    announce(listeners, "round_started", round=0)
    clock = PhaseClock()
    clock.seconds["query"] = 0.0
    with clock.phase("annotate"):
        sizes = _sizes(training.data)
    epochs = training.learner.options.epochs_of(0)
    announce(listeners, "training_started", round=0, epochs=epochs, n_slices=len(training.data.table))
    report = training.learner.fit(training.patches, 0, listeners)
    clock.seconds |= {"train": report.train_seconds, "validate": report.validate_seconds}
    with clock.phase("evaluate"):
        scores = evaluate_splits(training.evaluators, training.inference, training.label_space, report.counts)
    return round_record(0, sizes, report, scores, clock.seconds)


def _sizes(data: SplitData) -> RoundSizes:
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
        "blocks": 0,
        "blocks_not_interpolated": 0,
    }
