"""How the prediction of a scan is compared with its truth, wherever the prediction comes from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from alcore.contracts import ConfusionCounts
from alcore.engine.confusion import ConfusionCounter
from alcore.labels import IGNORED, LabelSpace
from alcore.scores import Scores
from alcore.specs import Need


@dataclass(frozen=True)
class NamedMetric:
    """A built metric under its name, with what it is computed from."""

    name: str
    needs: Need
    metric: Any


@dataclass(frozen=True)
class Scoring:
    """The metrics of a run, and what its classes are.

    Args:
        metrics: the metrics.
        label_space: what the classes are; a class of multi-label data is predicted above 0.5.
        confidence_levels: further probabilities above which a class of multi-label data is predicted, to be scored as
            ``metric@level``.
    """

    metrics: Sequence[NamedMetric]
    label_space: LabelSpace
    confidence_levels: Sequence[float] = ()

    @property
    def names(self) -> list[str]:
        """The names of all scores, in order. A metric of probabilities has no level."""
        further = [f"{item.name}@{level:g}" for level in self.confidence_levels for item in self._thresholded()]
        return [item.name for item in self.metrics] + further

    @property
    def counts_needed(self) -> bool:
        """Whether a metric is computed from confusion counts."""
        return any(item.needs == "counts" for item in self.metrics)

    @property
    def scans_needed(self) -> bool:
        """Whether a metric needs whole scans, not only counts."""
        return any(item.needs != "counts" for item in self.metrics)

    def counter(self, n_scans: int, device: torch.device) -> ConfusionCounter:
        """A counter of voxels for ``n_scans`` scans."""
        return ConfusionCounter(n_scans, self.label_space, device)

    def of_counts(self, counts: ConfusionCounts, level: float | None = None) -> Scores:
        """Scores of the metrics of counts, (scans, foreground classes) each."""
        return {_name(item, level): item.metric.from_counts(counts) for item in self.metrics if item.needs == "counts"}

    def of_scan(self, logits: Tensor, labels: Tensor, spacing: tuple[float, float, float]) -> Scores:
        """Scores of the other metrics for one scan, (foreground classes,) each, at every confidence level.

        Args:
            logits: (slices, classes, height, width).
            labels: (slices, height, width), or (slices, classes, height, width) for multi-label data.
            spacing: millimetres along (slices, rows, columns).
        """
        truth, counted = self._masks(labels), self._counted(labels)
        scores: Scores = {}
        for level in (None, *self.confidence_levels):
            metrics = [item for item in self._thresholded() if item.needs == "volume"]
            if metrics:
                # Voxels that are not annotated are in no region, of the prediction as of the truth.
                mask = self._masks(self.label_space.decide(logits, level or 0.5)) & counted
                scores |= {_name(item, level): item.metric.from_volume(mask, truth, spacing) for item in metrics}
        by_probability = [item for item in self.metrics if item.needs == "probabilities"]
        if by_probability:
            p = self.label_space.probabilities(logits)
            foreground = p[:, list(self.label_space.foreground)].transpose(0, 1).cpu().numpy()
            scores |= {item.name: item.metric.from_probabilities(foreground, truth, counted) for item in by_probability}
        return scores

    def _thresholded(self) -> list[NamedMetric]:
        return [item for item in self.metrics if item.needs != "probabilities"]

    def _masks(self, labels: Tensor) -> NDArray[np.bool_]:
        masks: NDArray[np.bool_] = self.label_space.masks(labels).cpu().numpy()
        return masks

    def _counted(self, labels: Tensor) -> NDArray[np.bool_]:
        """Where voxels are annotated, in the shape of the masks."""
        annotated = (labels != IGNORED).cpu().numpy()
        if self.label_space.multi_label:
            return annotated.swapaxes(0, 1)
        return np.broadcast_to(annotated, (len(self.label_space.foreground), *annotated.shape))


def _name(item: NamedMetric, level: float | None) -> str:
    return item.name if level is None else f"{item.name}@{level:g}"
