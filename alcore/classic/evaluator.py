"""The evaluator of a 3D model: every scan of a split by sliding window, in one pass."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from alcore.classic.patches import as_volume
from alcore.classic.sliding_window import SlidingWindow
from alcore.contracts import ConfusionCounts
from alcore.engine.inference import Inference
from alcore.engine.scoring import Scores, Scoring
from alcore.pool.data import SplitData


class VolumeEvaluator:
    """Applies a 3D model to every scan of a split and scores each scan.

    Args:
        data: the split.
        scoring: the metrics, and what the classes are.
        window: predicts a volume.
    """

    def __init__(self, data: SplitData, scoring: Scoring, window: SlidingWindow) -> None:
        self._data = data
        self._scoring = scoring
        self._window = window

    @property
    def n_windows(self) -> int:
        """Windows that one evaluation predicts."""
        return sum(self._window.n_windows(size) for size in scan_sizes(self._data))

    def counts(self, inference: Inference) -> ConfusionCounts:
        """Count voxels of the whole split in one pass."""
        counter = self._scoring.counter(len(self._data.table.scan_ids), inference.device)
        for scan, (logits, labels) in enumerate(self._scans(inference)):
            counter.add(_repeated(scan, logits), self._scoring.label_space.decide(logits), labels)
        return counter.result()

    def scores(self, inference: Inference, counts: ConfusionCounts | None = None) -> Scores:
        """Score every metric; ``counts`` of the same model spare the pass, unless a metric needs whole scans."""
        scoring = self._scoring
        if counts is not None and not scoring.scans_needed and not scoring.confidence_levels:
            return scoring.of_counts(counts)
        levels: Sequence[float | None] = (None, *scoring.confidence_levels)
        counters = [scoring.counter(len(self._data.table.scan_ids), inference.device) for _ in levels]
        rows: list[Scores] = []
        for scan, (logits, labels) in enumerate(self._scans(inference)):
            for counter, level in zip(counters, levels, strict=True):
                counter.add(_repeated(scan, logits), scoring.label_space.decide(logits, level or 0.5), labels)
            across, down, along = (float(step) for step in self._data.table.spacing[scan])
            rows.append(scoring.of_scan(logits, labels, (across, down, along)))
        scores: Scores = {name: np.stack([row[name] for row in rows]) for name in rows[0]}
        for counter, level in zip(counters, levels, strict=True):
            scores |= scoring.of_counts(counter.result(), level)
        return {name: scores[name] for name in scoring.names}

    def scan(self, inference: Inference, scan: int) -> tuple[Tensor, Tensor]:
        """Logits (slices, classes, height, width) and labels of one scan."""
        span = self._data.table.rows_of(scan)
        rows = np.arange(span.start, span.stop)
        volume = as_volume(self._data.images.batch(rows))
        return self._window.logits(inference, volume).transpose(0, 1), self._data.labels.batch(rows)

    def _scans(self, inference: Inference) -> Iterator[tuple[Tensor, Tensor]]:
        """Logits (slices, classes, h, w) and labels (slices, [classes,] h, w) of each scan."""
        table = self._data.table
        spans = [table.rows_of(scan) for scan in range(len(table.scan_ids))]
        rows = [np.arange(span.start, span.stop) for span in spans]
        for images, labels in zip(self._data.images.batches(rows), self._data.labels.batches(rows), strict=True):
            yield self._window.logits(inference, as_volume(images)).transpose(0, 1), labels


def scan_sizes(data: SplitData) -> list[tuple[int, int, int]]:
    """(slices, rows, columns) of each scan."""
    table = data.table
    spans = [table.rows_of(scan) for scan in range(len(table.scan_ids))]
    return [(span.stop - span.start, int(table.height[span.start]), int(table.width[span.start])) for span in spans]


def _repeated(scan: int, logits: Tensor) -> Tensor:
    return torch.full((len(logits),), scan, dtype=torch.int64, device=logits.device)
