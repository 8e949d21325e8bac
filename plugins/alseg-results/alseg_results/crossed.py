"""Intervals that hold for other seeds and other scans: the crossed bootstrap of paired differences."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from alseg_results.pairs import ALPHA

Differences = NDArray[np.float64]
"""(seeds, scans); NaN where a score is not defined."""

RESAMPLES = 2000
LEAST_SEEDS, LEAST_SCANS = 3, 3
"""Seeds and scans below which no interval is given."""


class Interval(NamedTuple):
    """A mean with its 95 % interval; the ends are NaN where seeds or scans are too few."""

    mean: float
    low: float
    high: float


def crossed_interval(datasets: Sequence[Differences]) -> Interval:
    """The mean difference over datasets, each the mean over its seeds and scans, and its 95 % interval.

    Seeds and scans are resampled independently of one another, as both vary: the "pigeonhole" bootstrap (Owen 2007,
    "The pigeonhole bootstrap", Annals of Applied Statistics 1). The standard deviation over resamples times a quantile
    of Student's t is the half width; the degrees of freedom are Satterthwaite's, of the mean squares of seeds and
    scans. Percentiles of the resamples would be too narrow where seeds are few (``benchmarks/interval_coverage.py``).

    Args:
        datasets: the differences of each dataset.
    """
    means = [float(np.nanmean(values)) for values in datasets]
    mean = float(np.mean(means))
    if any(len(values) < LEAST_SEEDS or values.shape[1] < LEAST_SCANS for values in datasets):
        return Interval(mean, float("nan"), float("nan"))
    variances = np.array([_resampled(values).var() for values in datasets])
    if not variances.any():
        return Interval(mean, mean, mean)
    freedom = variances.sum() ** 2 / sum(v**2 / _freedom(d) for v, d in zip(variances, datasets, strict=True))
    margin = float(stats.t.ppf(1 - ALPHA / 2, freedom) * np.sqrt(variances.sum()) / len(datasets))
    return Interval(mean, mean - margin, mean + margin)


def _resampled(values: Differences) -> NDArray[np.float64]:
    """Means of resampled seeds and scans."""
    rng = np.random.default_rng(0)
    seeds, scans = (rng.multinomial(n, np.full(n, 1 / n), RESAMPLES).astype(np.float64) for n in values.shape)
    known = ~np.isnan(values)
    total = ((seeds @ np.where(known, values, 0.0)) * scans).sum(axis=1)
    count = ((seeds @ known.astype(np.float64)) * scans).sum(axis=1)
    return np.asarray(total[count > 0] / count[count > 0])


def _freedom(values: Differences) -> float:
    """Satterthwaite's degrees of freedom of the mean of a two-way layout; at least one."""
    n_seeds, n_scans = values.shape
    mean, of_seed, of_scan = np.nanmean(values), np.nanmean(values, axis=1), np.nanmean(values, axis=0)
    seeds = n_scans * float(((of_seed - mean) ** 2).sum()) / (n_seeds - 1)
    scans = n_seeds * float(((of_scan - mean) ** 2).sum()) / (n_scans - 1)
    left = values - of_seed[:, None] - of_scan[None, :] + mean
    rest = float(np.nansum(left**2)) / ((n_seeds - 1) * (n_scans - 1))
    parts = ((seeds, n_seeds - 1), (scans, n_scans - 1), (rest, (n_seeds - 1) * (n_scans - 1)))
    spread = sum(square**2 / n for square, n in parts)
    return max((seeds + scans - rest) ** 2 / spread, 1.0) if spread else 1.0
