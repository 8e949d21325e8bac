"""Scores of scans and classes, and their means."""

import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from alcore.contracts import ConfusionCounts
from alcore.records import Score

Scores = dict[str, NDArray[np.float64]]
"""By metric: (scans, foreground classes), or (foreground classes,) of one scan; NaN where a metric is not defined."""


def class_means(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Average (scans, classes) over scans, leaving NaN out; a class that is NaN in every scan stays NaN."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        means: NDArray[np.float64] = np.nanmean(scores, axis=0)
        return means


def summarise(scores: Scores, class_names: Sequence[str]) -> dict[str, Score]:
    """Means over scans per foreground class, and over classes, of every metric; None where there is no value.

    Returns:
        By metric: ``{"mean": ..., "per_class": {name: ...}}``.
    """
    summary: dict[str, Score] = {}
    for name, values in scores.items():
        means = class_means(values)
        per_class: dict[str, float | None] = {
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
