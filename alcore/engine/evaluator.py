"""The evaluator: metrics of a predictor on the scans of one split, each scan over its whole volume, in one pass."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from alcore.contracts import ConfusionCounts
from alcore.engine.confusion import ConfusionCounter
from alcore.engine.scoring import Scoring
from alcore.learning import LogitsPredictor, Validation
from alcore.pool.data import SplitData
from alcore.query import Indices
from alcore.scores import Scores

EachScan = Callable[[int, Tensor, Tensor], None]
"""Told of the number, the logits (slices, classes, height, width) and the labels of each scan."""


class Evaluator:
    """Applies a predictor to every scan of a split and scores each scan.

    Args:
        data: the split.
        scoring: the metrics, and what the classes are.
    """

    def __init__(self, data: SplitData, scoring: Scoring) -> None:
        self.data = data
        self._labels = data.labels  # read before anything is trained
        self._scoring = scoring

    def validate(self, predictor: LogitsPredictor) -> Validation:
        """Count voxels of the whole split in one pass."""
        return Validation(self._pass(predictor, [0.5], None)[0])

    def scores(
        self, predictor: LogitsPredictor, known: Validation | None = None, each_scan: EachScan | None = None
    ) -> Scores:
        """Score every metric, (scans, foreground classes) each.

        Args:
            predictor: what predicts.
            known: what the same model came to on this split, if it was measured: may spare the pass.
            each_scan: told of each scan as soon as all of it is predicted.
        """
        scoring = self._scoring
        if known is not None and not (scoring.scans_needed or scoring.confidence_levels or each_scan):
            return scoring.of_counts(known.counts)
        rows: dict[int, Scores] = {}

        def score(scan: int, logits: Tensor, labels: Tensor) -> None:
            across, down, along = (float(step) for step in self.data.table.spacing[scan])
            rows[scan] = scoring.of_scan(logits, labels, (across, down, along))
            if each_scan is not None:
                each_scan(scan, logits, labels)

        levels = (None, *scoring.confidence_levels) if scoring.counts_needed else ()
        whole = score if scoring.scans_needed or each_scan else None
        counts = self._pass(predictor, [level or 0.5 for level in levels], whole)
        scores: Scores = {}
        for level, at_level in zip(levels, counts, strict=True):
            scores |= scoring.of_counts(at_level, level)
        if scoring.scans_needed:
            scores |= {name: np.stack([rows[scan][name] for scan in sorted(rows)]) for name in rows[0]}
        return {name: scores[name] for name in scoring.names}

    def _pass(
        self, predictor: LogitsPredictor, levels: Sequence[float], whole: EachScan | None
    ) -> list[ConfusionCounts]:
        """Predict every slice once: count voxels at each level, and hand over each scan to ``whole``."""
        table, space = self.data.table, self._scoring.label_space
        scan_of = torch.from_numpy(table.scan.astype(np.int64))
        counters: list[ConfusionCounter] = []
        scans = _Scans(self.data)
        for where, logits in predictor.logits(self.data.images, np.arange(len(table))):
            truth = self._labels.batch(where)
            if not counters:
                counters = [self._scoring.counter(len(table.scan_ids), logits.device) for _ in levels]
            scan = scan_of[torch.from_numpy(where)].to(logits.device)
            for counter, level in zip(counters, levels, strict=True):
                counter.add(scan, space.decide(logits, level), truth)
            if whole is not None:
                for number, whole_logits, whole_truth in scans.add(where, logits, truth):
                    whole(number, whole_logits, whole_truth)
        return [counter.result() for counter in counters]


class _Scans:
    """Puts scans together from pieces."""

    def __init__(self, data: SplitData) -> None:
        self._table = data.table
        self._parts: dict[int, tuple[Tensor, Tensor]] = {}
        self._missing = np.bincount(data.table.scan)

    def add(self, where: Indices, logits: Tensor, truth: Tensor) -> Iterator[tuple[int, Tensor, Tensor]]:
        """Add what belongs to the rows ``where``; yield number, logits and labels of scans that are complete now."""
        for scan in np.unique(self._table.scan[where]):
            number, span = int(scan), self._table.rows_of(int(scan))
            chosen = np.flatnonzero(self._table.scan[where] == scan)
            if number not in self._parts:
                n = span.stop - span.start
                self._parts[number] = (logits.new_empty(n, *logits.shape[1:]), truth.new_empty(n, *truth.shape[1:]))
            for whole, part in zip(self._parts[number], (logits, truth), strict=True):
                places, taken = (
                    torch.from_numpy(rows).to(part.device) for rows in (where[chosen] - span.start, chosen)
                )
                whole[places] = part[taken]
            self._missing[number] -= len(chosen)
            if not self._missing[number]:
                yield number, *self._parts.pop(number)
