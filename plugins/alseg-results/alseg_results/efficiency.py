"""Figures of one learning curve: area under it, foreground efficiency, annotation to a share of the full-data score."""

import warnings
from collections.abc import Sequence

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
    return _closing_rate(foreground - foreground[0], score, score[0], full_data)


def pooled_foreground_efficiency(curves: Sequence[tuple[Curve, Curve]], full_data: float) -> tuple[float, float]:
    """One rate for all seeds, as Lüth et al. 2025 fit it, and how well it fits.

    The rate of :func:`foreground_efficiency` over the rounds of all seeds together, from their mean first score. A poor
    fit makes a rate meaningless: R squared is 1 less the squared residuals by the squared deviations from the mean.

    Args:
        curves: foreground and score by round, of each seed.
        full_data: the score of training on all data.

    Returns:
        The rate and R squared; NaN as there, or where a seed lacks its first score.
    """
    defined = [_defined(*curve) for curve in curves]
    if not defined or any(
        len(score) < 2 or np.isnan(curve[1][0]) for (_, score), curve in zip(defined, curves, strict=True)
    ):
        return float("nan"), float("nan")
    added = np.concatenate([foreground - foreground[0] for foreground, _ in defined])
    score, start = np.concatenate([one for _, one in defined]), float(np.mean([one[0] for _, one in defined]))
    if np.isnan(full_data) or start == full_data or not added.any():
        return float("nan"), float("nan")
    rate = _closing_rate(added, score, start, full_data)
    left = score - (full_data - (full_data - start) * np.exp(np.clip(-rate * added, -700.0, 700.0)))
    around = float(((score - score.mean()) ** 2).sum())
    return rate, 1.0 - float((left**2).sum()) / around if around else float("nan")


def _closing_rate(added: Curve, score: Curve, start: float, full_data: float) -> float:
    """The least-squares rate at which the gap from ``start`` closes; NaN where none can be fitted."""
    gap, last = full_data - start, int(np.argmax(added))

    def curve(x: Curve, rate: float) -> Curve:
        closed: Curve = full_data - gap * np.exp(np.clip(-rate * x, -700.0, 700.0))
        return closed

    closed = np.clip((score[last] - start) / gap, 0.01, 0.99)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OptimizeWarning)  # the covariance is not used
        try:
            (rate,), _ = curve_fit(curve, added, score, p0=[-np.log1p(-closed) / added[last]])
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
