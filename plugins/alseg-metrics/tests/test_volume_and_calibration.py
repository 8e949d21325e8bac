"""Volume difference and calibration against hand-worked cases and scikit-learn."""

import math

import numpy as np
import pytest
from alseg_metrics.calibration import Brier, CalibrationError
from alseg_metrics.options import CalibrationErrorOptions
from alseg_metrics.volume import VolumeDifference
from sklearn.metrics import brier_score_loss

from alcore import Options


def predictions(seed=0, shape=(2, 3, 8, 9)):
    rng = np.random.default_rng(seed)
    return rng.random(shape, np.float32), rng.random(shape) < 0.3


def everywhere(truth):
    return np.ones_like(truth)


def test_volume_difference_is_in_millilitres():
    prediction, truth = np.zeros((3, 2, 10, 10), bool), np.zeros((3, 2, 10, 10), bool)
    prediction[0] = True
    truth[1, 0, :5] = True
    difference = VolumeDifference(Options()).from_volume(prediction, truth, (5.0, 2.0, 1.0))
    assert difference == pytest.approx([200 * 10 / 1000, 50 * 10 / 1000, math.nan], nan_ok=True)


def test_brier_is_scikit_learns():
    probabilities, truth = predictions()
    expected = [brier_score_loss(t.ravel(), p.ravel()) for p, t in zip(probabilities, truth, strict=True)]
    assert Brier(Options()).from_probabilities(probabilities, truth, everywhere(truth)) == pytest.approx(expected)


def calibration_error_bin_by_bin(probability, truth, bins):
    total = 0.0
    for number in range(bins):
        low, high = number / bins, (number + 1) / bins
        members = [
            (p, t)
            for p, t in zip(probability.ravel(), truth.ravel(), strict=True)
            if low <= p < high or (p == 1 and number == bins - 1)
        ]
        if members:
            confidence, frequency = np.mean([p for p, _ in members]), np.mean([t for _, t in members])
            total += len(members) / truth.size * abs(confidence - frequency)
    return total


@pytest.mark.parametrize("bins", [1, 4, 15])
def test_calibration_error_is_the_mean_gap_over_bins(bins):
    probabilities, truth = predictions(1)
    probabilities[0, 0, 0, :4] = [0, 1, 1, 0.5]
    metric = CalibrationError(CalibrationErrorOptions(bins=bins))
    expected = [calibration_error_bin_by_bin(p, t, bins) for p, t in zip(probabilities, truth, strict=True)]
    assert metric.from_probabilities(probabilities, truth, everywhere(truth)) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("per_class", [False, True])
def test_calibration_is_that_of_the_counted_voxels_alone(per_class):
    probabilities, truth = predictions(2)
    counted = np.random.default_rng(3).random(truth.shape) < 0.6
    if not per_class:
        counted = np.broadcast_to(counted[:1], truth.shape)
    chosen = [(p[c], t[c]) for p, t, c in zip(probabilities, truth, counted, strict=True)]
    brier = Brier(Options()).from_probabilities(probabilities, truth, counted)
    assert brier == pytest.approx([brier_score_loss(t, p) for p, t in chosen])
    error = CalibrationError(CalibrationErrorOptions(bins=4)).from_probabilities(probabilities, truth, counted)
    assert error == pytest.approx([calibration_error_bin_by_bin(p, t, 4) for p, t in chosen], rel=1e-5)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("metric", [Brier(Options()), CalibrationError(CalibrationErrorOptions())])
def test_calibration_is_not_defined_where_no_voxel_counts(metric):
    truth = np.zeros((2, 1, 2, 2), bool)
    counted = np.zeros_like(truth)
    counted[1, 0, 0, 0] = True
    scores = metric.from_probabilities(np.full(truth.shape, 0.5, np.float32), truth, counted)
    assert scores == pytest.approx([math.nan, metric.score_class(np.float32([0.5]), truth[1, 0, 0, :1])], nan_ok=True)


def test_sure_and_right_is_perfectly_calibrated_and_sure_and_wrong_is_not():
    truth = predictions()[1]
    for metric in (Brier(Options()), CalibrationError(CalibrationErrorOptions())):
        right, wrong = truth.astype(np.float32), (~truth).astype(np.float32)
        assert metric.from_probabilities(right, truth, everywhere(truth)) == pytest.approx([0, 0])
        assert metric.from_probabilities(wrong, truth, everywhere(truth)) == pytest.approx([1, 1])
