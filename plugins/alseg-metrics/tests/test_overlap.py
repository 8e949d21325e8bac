"""Metrics of the overlap against sets of voxels."""

import math

import numpy as np
import pytest
from alseg_metrics import overlap

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


def score(name, predictions, truths):
    return getattr(overlap, name)(Options()).from_counts(counts_of(predictions, truths))


BY_SETS = {
    "Dice": lambda p, t, _: 2 * len(p & t) / (len(p) + len(t)),
    "IoU": lambda p, t, _: len(p & t) / len(p | t),
    "Sensitivity": lambda p, t, _: len(p & t) / len(t),
    "Specificity": lambda p, t, everything: len(everything - p - t) / len(everything - t),
    "Precision": lambda p, t, _: len(p & t) / len(p),
    "RelativeVolumeDifference": lambda p, t, _: abs(len(p) - len(t)) / len(t),
}


@pytest.mark.parametrize("name", BY_SETS)
def test_a_score_is_its_formula_over_sets_of_voxels(name):
    rng = np.random.default_rng(0)
    shape = (3, 2, 3, 4, 5)
    predictions, truths = rng.random(shape) < 0.4, rng.random(shape) < 0.3
    scores = score(name, predictions, truths)
    assert scores.shape == (3, 2)
    everything = set(np.ndindex(shape[2:]))
    for place in np.ndindex(3, 2):
        p, t = ({index for index in everything if masks[place][index]} for masks in (predictions, truths))
        assert scores[place] == pytest.approx(BY_SETS[name](p, t, everything))


@pytest.mark.parametrize("name", ["Dice", "IoU", "Sensitivity", "Specificity", "Precision"])
def test_scores_equal_those_of_scikit_learn(name):
    metrics = pytest.importorskip("sklearn.metrics", reason="scikit-learn is the reference here")
    rng = np.random.default_rng(1)
    prediction, truth = rng.random((2, 60)) < 0.3
    reference = {
        "Dice": lambda: metrics.f1_score(truth, prediction),
        "IoU": lambda: metrics.jaccard_score(truth, prediction),
        "Sensitivity": lambda: metrics.recall_score(truth, prediction),
        "Specificity": lambda: metrics.recall_score(~truth, ~prediction),
        "Precision": lambda: metrics.precision_score(truth, prediction),
    }[name]
    shape = (1, 1, 3, 4, 5)
    assert score(name, prediction.reshape(shape), truth.reshape(shape))[0, 0] == pytest.approx(reference())


EDGE_CASES = {
    # (nothing predicted, nothing true), (all, nothing), (nothing, all), (all, all)
    "Dice": (math.nan, 0.0, 0.0, 1.0),
    "IoU": (math.nan, 0.0, 0.0, 1.0),
    "Sensitivity": (math.nan, math.nan, 0.0, 1.0),
    "Specificity": (1.0, 0.0, math.nan, math.nan),
    "Precision": (math.nan, 0.0, math.nan, 1.0),
    "RelativeVolumeDifference": (math.nan, math.nan, 1.0, 0.0),
}


@pytest.mark.parametrize("name", EDGE_CASES)
def test_empty_and_full_regions_follow_the_written_rule(name):
    full, empty = np.ones((1, 1, 2, 2, 2), bool), np.zeros((1, 1, 2, 2, 2), bool)
    pairs = [(empty, empty), (full, empty), (empty, full), (full, full)]
    scores = [score(name, prediction, truth)[0, 0] for prediction, truth in pairs]
    assert scores == pytest.approx(EDGE_CASES[name], nan_ok=True)


def test_counts_of_large_scans_do_not_overflow():
    many = np.array([[2**40]])
    counts = ConfusionCounts(true_positive=many, false_positive=many, false_negative=many, true_negative=many)
    assert overlap.Dice(Options()).from_counts(counts)[0, 0] == 0.5
