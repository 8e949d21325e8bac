"""Metrics of the overlap against counting voxel by voxel."""

import math

import numpy as np
import pytest
from alseg_metrics.overlap import Dice

from alcore import ConfusionCounts, Options


def counts_of(predictions, truths):
    """Counts of boolean volumes (scans, classes, ...), by looking at one voxel after another."""
    shape = predictions.shape[:2]
    found = {(p, t): np.zeros(shape, np.int64) for p in (True, False) for t in (True, False)}
    for index in np.ndindex(predictions.shape):
        found[bool(predictions[index]), bool(truths[index])][index[:2]] += 1
    return ConfusionCounts(
        true_positive=found[True, True],
        false_positive=found[True, False],
        false_negative=found[False, True],
        true_negative=found[False, False],
    )


def volumes(seed=0, shape=(3, 2, 3, 4, 5)):
    rng = np.random.default_rng(seed)
    return rng.random(shape) < 0.4, rng.random(shape) < 0.3


def test_dice_is_twice_the_intersection_over_the_sum_of_sizes():
    predictions, truths = volumes()
    dice = Dice(Options()).from_counts(counts_of(predictions, truths))
    for scan, k in np.ndindex(3, 2):
        p, t = set(zip(*predictions[scan, k].nonzero(), strict=True)), set(zip(*truths[scan, k].nonzero(), strict=True))
        assert dice[scan, k] == pytest.approx(2 * len(p & t) / (len(p) + len(t)))


@pytest.mark.parametrize(
    ("predicted", "true", "expected"),
    [(False, False, math.nan), (True, False, 0.0), (False, True, 0.0), (True, True, 1.0)],
)
def test_dice_of_empty_and_full_volumes(predicted, true, expected):
    shape = (1, 1, 2, 2, 2)
    counts = counts_of(np.full(shape, predicted), np.full(shape, true))
    assert Dice(Options()).from_counts(counts)[0, 0] == pytest.approx(expected, nan_ok=True)
