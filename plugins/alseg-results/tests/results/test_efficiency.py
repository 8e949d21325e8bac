"""Figures of a curve, against values worked out by hand."""

import math

import numpy as np
import pytest
from alseg_results.efficiency import annotation_to_reach, area_under_budget_curve, foreground_efficiency

NAN = float("nan")


def array(*values):
    return np.array(values, dtype=np.float64)


def test_the_area_under_the_budget_curve_is_the_mean_over_the_budget():
    assert area_under_budget_curve(array(32, 48, 64), array(0.7, 0.7, 0.7)) == pytest.approx(0.7)
    # Trapezia of width 16 and 32: (0.2 + 0.6) / 2 * 16 + (0.6 + 0.8) / 2 * 32 = 28.8, over 48 slices.
    assert area_under_budget_curve(array(32, 48, 80), array(0.2, 0.6, 0.8)) == pytest.approx(28.8 / 48)


def test_an_area_needs_two_scores():
    assert math.isnan(area_under_budget_curve(array(32), array(0.7)))
    assert math.isnan(area_under_budget_curve(array(32, 48), array(0.7, NAN)))
    assert area_under_budget_curve(array(32, 48, 64), array(NAN, 0.5, 0.7)) == pytest.approx(0.6)


@pytest.mark.parametrize("rate", [0.8, 9.69, 250.0])
def test_the_rate_at_which_the_gap_closes_is_found(rate):
    foreground = np.linspace(0.01, 0.05, 9)
    score = 0.85 - (0.85 - 0.2) * np.exp(-rate * (foreground - 0.01))
    assert foreground_efficiency(foreground, score, 0.85) == pytest.approx(rate, rel=1e-5)


def test_a_falling_curve_has_a_negative_rate_and_a_lower_full_data_score_works_too():
    foreground = np.linspace(0.0, 0.5, 6)
    assert foreground_efficiency(foreground, 0.8 - 0.5 * np.exp(1.5 * foreground), 0.8) == pytest.approx(-1.5, rel=1e-5)
    distance = 2.0 + 10.0 * np.exp(-4.0 * foreground)
    assert foreground_efficiency(foreground, distance, 2.0) == pytest.approx(4.0, rel=1e-5)


def test_no_rate_without_a_full_data_score_a_gap_or_foreground():
    foreground, score = array(0.1, 0.2, 0.3), array(0.5, 0.6, 0.7)
    assert math.isnan(foreground_efficiency(foreground, score, NAN))
    assert math.isnan(foreground_efficiency(foreground, score, 0.5))
    assert math.isnan(foreground_efficiency(foreground * NAN, score, 0.8))
    assert math.isnan(foreground_efficiency(array(0.1, 0.1), array(0.5, 0.6), 0.8))


def test_annotation_needed_is_interpolated_between_rounds():
    labelled, score = array(32, 48, 64), array(0.2, 0.6, 0.8)
    assert annotation_to_reach(labelled, score, 0.7) == pytest.approx(56)
    assert annotation_to_reach(labelled, score, 0.8) == pytest.approx(64)
    assert annotation_to_reach(labelled, score, 0.1) == 32
    assert math.isnan(annotation_to_reach(labelled, score, 0.81))
    assert math.isnan(annotation_to_reach(labelled, score, NAN))


def test_a_curve_that_falls_again_has_reached_the_target_when_it_first_did():
    assert annotation_to_reach(array(10, 20, 30), array(0.5, 0.9, 0.4), 0.7) == pytest.approx(15)
