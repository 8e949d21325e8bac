"""The evaluator: metrics of the model on the scans of one split, per scan in 3D."""

import warnings
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from alcore.contracts import ConfusionCounts
from alcore.engine.inference import Inference
from alcore.engine.scoring import Scores, Scoring
from alcore.labels import LabelSpace
from alcore.pool.data import SplitData
from alcore.scans import Split


class Evaluator:
    """Applies the model to every scan of a split, slice by slice, and scores each scan over its whole volume.

    Args:
        data: the split.
        scoring: the metrics, and what the classes are.
    """

    def __init__(self, data: SplitData, scoring: Scoring) -> None:
        self._data = data
        self._scoring = scoring

    @property
    def n_slices(self) -> int:
        """Slices that one evaluation predicts."""
        return len(self._data.table)

    def counts(self, inference: Inference) -> ConfusionCounts:
        """Count voxels of the whole split in one pass."""
        return self._counts_at(inference, [0.5])[0]

    def scores(self, inference: Inference, counts: ConfusionCounts | None = None) -> Scores:
        """Score every metric; ``counts`` of the same model spare the pass that counts."""
        scoring = self._scoring
        scores: Scores = {}
        if scoring.counts_needed:
            if counts is None:
                counts = self.counts(inference)
            scores = scoring.of_counts(counts)
            levels = scoring.confidence_levels
            for level, at_level in zip(levels, self._counts_at(inference, levels), strict=True):
                scores |= scoring.of_counts(at_level, level)
        if scoring.scans_needed:
            rows = [self._score_scan(inference, scan) for scan in range(len(self._data.table.scan_ids))]
            scores |= {name: np.stack([row[name] for row in rows]) for name in rows[0]}
        return {name: scores[name] for name in scoring.names}

    def _counts_at(self, inference: Inference, levels: Sequence[float]) -> list[ConfusionCounts]:
        """Count voxels at several confidence levels in one pass."""
        table, rows = self._data.table, np.arange(len(self._data.table))
        counters = [self._scoring.counter(len(table.scan_ids), inference.device) for _ in levels]
        if not counters:
            return []
        scans = torch.from_numpy(table.scan.astype(np.int64)).to(inference.device)
        for where, logits in inference.logits(self._data.images, rows):
            truth = self._data.labels.batch(where)
            scan = scans[torch.from_numpy(where).to(inference.device)]
            for counter, level in zip(counters, levels, strict=True):
                counter.add(scan, self._scoring.label_space.decide(logits, level), truth)
        return [counter.result() for counter in counters]

    def scan(self, inference: Inference, scan: int) -> tuple[Tensor, Tensor]:
        """Logits (slices, classes, height, width) and labels of one scan."""
        table = self._data.table
        span = table.rows_of(scan)
        rows = np.arange(span.start, span.stop)
        batches = list(inference.logits(self._data.images, rows))
        order = np.argsort(np.concatenate([where for where, _ in batches]))
        logits = torch.cat([part for _, part in batches])[torch.from_numpy(order).to(inference.device)]
        return logits, self._data.labels.batch(rows)

    def _score_scan(self, inference: Inference, scan: int) -> Scores:
        across, down, along = (float(step) for step in self._data.table.spacing[scan])
        return self._scoring.of_scan(*self.scan(inference, scan), (across, down, along))


class ScoresScans(Protocol):
    """What scores a model on the scans of one split."""

    def scores(self, inference: Inference, counts: ConfusionCounts | None = None) -> Scores:
        """Score every metric; ``counts`` of the same model may spare a pass."""
        ...


def evaluate_splits(
    evaluators: Mapping[Split, ScoresScans],
    inference: Inference,
    label_space: LabelSpace,
    validation_counts: ConfusionCounts | None,
) -> dict[str, Any]:
    """Score the model on each split; return the means by split, as :func:`summarise` gives them.

    ``validation_counts`` are those of the same model on the validation scans, where they were taken before.
    """
    scores: dict[str, Any] = {}
    for split, evaluator in evaluators.items():
        counts = validation_counts if split == "validation" else None
        scores[split] = summarise(evaluator.scores(inference, counts), label_space.foreground_names)
    return scores


def class_means(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Average (scans, classes) over scans, leaving NaN out; a class that is NaN in every scan stays NaN."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        means: NDArray[np.float64] = np.nanmean(scores, axis=0)
        return means


def summarise(scores: Scores, class_names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Means over scans per foreground class, and over classes, of every metric; None where there is no value.

    Returns:
        By metric: ``{"mean": ..., "per_class": {name: ...}}``.
    """
    summary: dict[str, dict[str, Any]] = {}
    for name, values in scores.items():
        means = class_means(values)
        per_class: Mapping[str, float | None] = {
            class_name: _or_none(value) for class_name, value in zip(class_names, means, strict=True)
        }
        summary[name] = {"mean": _or_none(class_means(means[:, None])[0]), "per_class": per_class}
    return summary


def dice_of(counts: ConfusionCounts) -> float:
    """Mean foreground Dice (per scan, over scans, over classes): what the best epoch is chosen by.

    A class absent from a scan's truth and prediction is left out; NaN where nothing is left.
    """
    overlap = 2.0 * counts.true_positive
    total = overlap + counts.false_positive + counts.false_negative
    dice = np.divide(overlap, total, out=np.full(total.shape, np.nan), where=total > 0)
    return float(class_means(class_means(dice)[:, None])[0])


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
