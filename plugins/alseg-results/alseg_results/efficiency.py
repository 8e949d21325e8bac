"""Figures of one learning curve: area under it, foreground efficiency, annotation to a share of the full-data score."""

import warnings

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import trapezoid
from scipy.optimize import OptimizeWarning, curve_fit

Curve = NDArray[np.float64]


def area_under_budget_curve(labelled: Curve, score: Curve) -> float:
    """Area under the score over the slices annotated, by the trapezoidal rule, divided by the range of slices.

    A mean score over the budget: a curve that is 0.7 throughout has 0.7. Rounds without a score are left out; NaN where
    fewer than two are left. Zhan et al. 2021, "A comparative survey: benchmarking for pool-based active learning",
    AUBC; Lüth et al. 2025 use it so.
    """
    labelled, score = _defined(labelled, score)
    if len(score) < 2 or labelled[-1] == labelled[0]:
        return float("nan")
    return float(trapezoid(score, labelled) / (labelled[-1] - labelled[0]))


def foreground_efficiency(foreground: Curve, score: Curve, full_data: float) -> float:
    """The rate at which the gap to the full-data score closes with the foreground annotated.

    The least-squares rate g of ``c - (c - score[0]) * exp(-g * (foreground - foreground[0]))``, c the full-data score;
    at rate g the gap is halved by annotating another ln(2) / g of the pool's foreground. Lüth et al. 2025, "nnActive",
    foreground efficiency; they fit one rate to all seeds, here each seed has its own, so that it has a spread.

    Args:
        foreground: share of the pool's foreground voxels annotated, by round.
        score: the score of each round.
        full_data: the score of training on all data.

    Returns:
        The rate; NaN where a figure is missing, the first score is the full-data score, or no rate can be fitted.
    """
    foreground, score = _defined(foreground, score)
    if len(score) < 2 or np.isnan(full_data) or score[0] == full_data or foreground[-1] == foreground[0]:
        return float("nan")
    start, gap, added = score[0], full_data - score[0], foreground - foreground[0]

    def curve(x: Curve, rate: float) -> Curve:
        closed: Curve = full_data - gap * np.exp(np.clip(-rate * x, -700.0, 700.0))
        return closed

    closed = np.clip((score[-1] - start) / gap, 0.01, 0.99)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OptimizeWarning)  # the covariance is not used
        try:
            (rate,), _ = curve_fit(curve, added, score, p0=[-np.log1p(-closed) / added[-1]])
        except RuntimeError:
            return float("nan")
    return float(rate)


def annotation_to_reach(labelled: Curve, score: Curve, target: float) -> float:
    """Slices annotated when the score first reaches ``target``, interpolated between rounds; NaN if it never does."""
    labelled, score = _defined(labelled, score)
    reached = np.flatnonzero(score >= target)
    if np.isnan(target) or not len(reached):
        return float("nan")
    after = reached[0]
    if after == 0:
        return float(labelled[0])
    return float(np.interp(target, score[after - 1 : after + 1], labelled[after - 1 : after + 1]))


def _defined(x: Curve, y: Curve) -> tuple[Curve, Curve]:
    there = ~(np.isnan(x) | np.isnan(y))
    return x[there], y[there]
