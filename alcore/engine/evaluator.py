"""The evaluator: metrics of the model on the scans of one split, per scan in 3D."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from alcore.contracts import IGNORED, ConfusionCounts
from alcore.engine.confusion import ConfusionCounter
from alcore.engine.inference import Inference
from alcore.pool.data import SplitData
from alcore.specs import Need

Scores = dict[str, NDArray[np.float64]]
"""By metric: (scans, foreground classes), NaN where a metric is not defined."""


@dataclass(frozen=True)
class NamedMetric:
    """A built metric under its name, with what it is computed from."""

    name: str
    needs: Need
    metric: Any


class Evaluator:
    """Applies the model to every scan of a split and scores each scan over its whole volume.

    Args:
        data: the split.
        metrics: the metrics.
        foreground: the foreground classes, as class numbers.
        n_classes: classes that the model predicts.
        multi_label: whether a voxel may belong to several classes (then a class is predicted above 0.5).
    """

    def __init__(
        self,
        data: SplitData,
        metrics: Sequence[NamedMetric],
        foreground: Sequence[int],
        n_classes: int,
        multi_label: bool,
    ) -> None:
        self._data = data
        self._metrics = tuple(metrics)
        self._foreground = list(foreground)
        self._n_classes = n_classes
        self._multi_label = multi_label

    @property
    def n_slices(self) -> int:
        """Slices that one evaluation predicts."""
        return len(self._data.table)

    def counts(self, inference: Inference) -> ConfusionCounts:
        """Count voxels of the whole split in one pass."""
        table, rows = self._data.table, np.arange(len(self._data.table))
        counter = ConfusionCounter(len(table.scan_ids), self._n_classes, self._multi_label, inference.device)
        scans = torch.from_numpy(table.scan.astype(np.int64)).to(inference.device)
        for where, logits in inference.logits(self._data.images, rows):
            truth = self._data.labels.batch(where)
            counter.add(scans[torch.from_numpy(where).to(inference.device)], self._predicted(logits), truth)
        return counter.result()

    def scores(self, inference: Inference, counts: ConfusionCounts | None = None) -> Scores:
        """Score every metric; ``counts`` of the same model spare the pass that counts."""
        if counts is None and any(item.needs == "counts" for item in self._metrics):
            counts = self.counts(inference)
        scores: Scores = {
            item.name: item.metric.from_counts(counts) for item in self._metrics if item.needs == "counts"
        }
        by_scan = [item for item in self._metrics if item.needs != "counts"]
        if by_scan:
            rows = [self._score_scan(inference, scan, by_scan) for scan in range(len(self._data.table.scan_ids))]
            scores |= {item.name: np.stack([row[item.name] for row in rows]) for item in by_scan}
        return {item.name: scores[item.name] for item in self._metrics}

    def _score_scan(self, inference: Inference, scan: int, metrics: Sequence[NamedMetric]) -> Scores:
        table = self._data.table
        span = table.rows_of(scan)
        rows = np.arange(span.start, span.stop)
        batches = list(inference.logits(self._data.images, rows))
        order = np.argsort(np.concatenate([where for where, _ in batches]))
        logits = torch.cat([part for _, part in batches])[torch.from_numpy(order).to(inference.device)]
        labels = self._data.labels.batch(rows)
        truth = self._one_hot(labels)
        # Voxels that are not annotated count as background on both sides.
        annotated = labels != IGNORED
        predicted = self._one_hot(self._predicted(logits).where(annotated, 0))
        p = logits.sigmoid() if self._multi_label else logits.softmax(dim=1)
        p = p.where(annotated if self._multi_label else annotated[:, None], 0.0)
        probabilities = p[:, self._foreground].transpose(0, 1).cpu().numpy()
        spacing = tuple(float(step) for step in table.spacing[scan])
        return {
            item.name: item.metric.from_volume(predicted, truth, spacing)
            if item.needs == "volume"
            else item.metric.from_probabilities(probabilities, truth)
            for item in metrics
        }

    def _predicted(self, logits: Tensor) -> Tensor:
        return (logits > 0) if self._multi_label else logits.argmax(dim=1)

    def _one_hot(self, labels: Tensor) -> NDArray[np.bool_]:
        """(slices, [classes,] h, w) labels as (foreground classes, slices, h, w) masks."""
        if self._multi_label:
            masks = labels.transpose(0, 1) == 1
        else:
            masks = torch.stack([labels == number for number in self._foreground])
        array: NDArray[np.bool_] = masks.cpu().numpy()
        return array


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
