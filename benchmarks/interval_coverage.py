"""How often 95 % intervals of a mean paired difference hold the true mean.

python benchmarks/interval_coverage.py --samples 2000

Over seeds alone: the t interval and the BCa bootstrap. Seeds are few and their differences need not be normal, so
several distributions are tried, each with a mean of 0. Over seeds and scans: the crossed bootstrap as alseg has it and
with plain percentiles, where seeds, scans or neither account for most of the spread. Over rounds: the band of
differences to a control as alseg has it, and two from which it might be taken; their half width in standard errors
stands in brackets.
"""

import argparse
from collections.abc import Callable
from functools import partial

import numpy as np
from alseg_results.control_curves import band
from alseg_results.crossed import crossed_interval
from alseg_results.pairs import t_interval
from numpy.typing import NDArray
from scipy import stats

Sample = NDArray[np.float64]
SEEDS = (3, 4, 5, 6, 8, 10, 20)
DRAWN: dict[str, Callable[[np.random.Generator, int], Sample]] = {
    "normal": lambda rng, n: rng.standard_normal(n),
    "uniform": lambda rng, n: rng.uniform(-1.0, 1.0, n),
    "heavy tails (t, 3 df)": lambda rng, n: rng.standard_t(3, n),
    "now and then a failed run": lambda rng, n: rng.standard_normal(n) * np.where(rng.random(n) < 0.1, 5.0, 1.0),
    "skewed (exponential)": lambda rng, n: rng.exponential(1.0, n) - 1.0,
}


def bootstrap_interval(difference: Sample) -> tuple[float, float]:
    """The BCa interval of 999 resamples."""
    found = stats.bootstrap((difference,), np.mean, n_resamples=999, method="BCa", rng=np.random.default_rng(0))
    return float(found.confidence_interval.low), float(found.confidence_interval.high)


def coverage(
    interval: Callable[[Sample], tuple[float, float]],
    draw: Callable[[np.random.Generator, int], Sample],
    n: int,
    samples: int,
) -> float:
    """The share of ``samples`` samples of ``n`` differences whose interval holds the true mean, 0."""
    rng = np.random.default_rng(n)
    intervals = (interval(draw(rng, n)) for _ in range(samples))
    return sum(low <= 0.0 <= high for low, high in intervals) / samples


SCANS = 30
SPREADS = {
    "seeds": (1.0, 0.2, 1.0),
    "scans": (0.2, 1.0, 1.0),
    "both": (0.3, 0.3, 1.0),
    "neither": (0.02, 0.02, 1.0),
}
"""Standard deviations of the effects of seeds and of scans, and of the rest."""


def percentiles(differences: Sample) -> tuple[float, float]:
    """The percentiles of the crossed bootstrap, 999 resamples."""
    rng = np.random.default_rng(0)
    seeds, scans = (rng.multinomial(n, np.full(n, 1 / n), 999) / n for n in differences.shape)
    low, high = np.quantile(((seeds @ differences) * scans).sum(axis=1), (0.025, 0.975))
    return float(low), float(high)


def crossed(differences: Sample) -> tuple[float, float]:
    """The interval of alseg."""
    found = crossed_interval([differences])
    return found.low, found.high


def layout(rng: np.random.Generator, n: int, spreads: tuple[float, float, float]) -> Sample:
    """Differences of ``n`` seeds and 30 scans with a true mean of 0."""
    of_seeds, of_scans, rest = spreads
    seeds, scans = of_seeds * rng.standard_normal((n, 1)), of_scans * rng.standard_normal((1, SCANS))
    return np.asarray(seeds + scans + rest * rng.standard_normal((n, SCANS)))


ROUNDS = 20
CORRELATIONS = (0.0, 0.5, 0.9)


def curves(rng: np.random.Generator, n: int, correlation: float) -> Sample:
    """Differences of ``n`` seeds in 20 rounds with a true mean of 0; neighbouring rounds are correlated."""
    drawn = rng.standard_normal((n, ROUNDS))
    for k in range(1, ROUNDS):
        drawn[:, k] = correlation * drawn[:, k - 1] + np.sqrt(1 - correlation**2) * drawn[:, k]
    return drawn


def bonferroni(differences: Sample) -> float:
    """The band of alseg, in standard errors of the first round."""
    low, high = band(differences)
    return float((high - low)[0] / 2 / stats.sem(differences[:, 0]))


def largest_t(differences: Sample) -> float:
    """The 95 % quantile of the largest t over rounds of 2000 resamples of the seeds."""
    n = len(differences)
    weights = np.random.default_rng(0).multinomial(n, np.full(n, 1 / n), 2000)
    weights = weights[(weights > 0).sum(axis=1) > 1]
    means = weights @ differences / n
    variances = (weights @ differences**2 / n - means**2) * n / (n - 1)
    t = np.abs(means - differences.mean(axis=0)) / np.sqrt(np.maximum(variances / n, 1e-12))
    return float(np.quantile(t.max(axis=1), 0.95))


def multivariate_t(differences: Sample) -> float:
    """The 95 % quantile of the largest of multivariate t with the correlation that the differences have."""
    n, rng = len(differences), np.random.default_rng(0)
    standard = (differences - differences.mean(axis=0)) / differences.std(axis=0, ddof=1) / np.sqrt(n - 1)
    drawn = np.abs(rng.standard_normal((2000, n)) @ standard).max(axis=1)
    return float(np.quantile(drawn / np.sqrt(rng.chisquare(n - 1, 2000) / (n - 1)), 0.95))


def band_coverage(critical: Callable[[Sample], float], correlation: float, n: int, samples: int) -> tuple[float, float]:
    """The share of samples whose band holds 0 in every round, and the mean half width in standard errors."""
    rng = np.random.default_rng(n)
    held, widths = 0, 0.0
    for _ in range(samples):
        drawn = curves(rng, n, correlation)
        bound = critical(drawn)
        held += bool((np.abs(drawn.mean(axis=0)) <= bound * stats.sem(drawn, axis=0)).all())
        widths += bound / samples
    return held / samples, widths


def main() -> None:
    """Print three tables: a row per kind of differences and interval, a column per number of seeds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=2000, help="samples per cell")
    samples = parser.parse_args().samples
    print(f"| differences | interval | {' | '.join(f'{n} seeds' for n in SEEDS)} |")
    print(f"| :-- | :-- |{' --: |' * len(SEEDS)}")
    for name, draw in DRAWN.items():
        for kind, interval in (("t", t_interval), ("BCa bootstrap", bootstrap_interval)):
            cells = [f"{coverage(interval, draw, n, samples):.0%}" for n in SEEDS]
            print(f"| {name} | {kind} | {' | '.join(cells)} |")
    print(f"\n| most spread from | interval | {' | '.join(f'{n} seeds' for n in SEEDS)} |")
    print(f"| :-- | :-- |{' --: |' * len(SEEDS)}")
    for name, spreads in SPREADS.items():
        for kind, interval in (("alseg", crossed), ("percentiles", percentiles)):
            cells = [f"{coverage(interval, partial(layout, spreads=spreads), n, samples):.0%}" for n in SEEDS]
            print(f"| {name} | {kind} | {' | '.join(cells)} |")
    print("\n| correlation of rounds | band | 4 seeds | 5 seeds | 10 seeds |\n| :-- | :-- | --: | --: | --: |")
    for correlation in CORRELATIONS:
        for kind, critical in (("alseg", bonferroni), ("bootstrap", largest_t), ("multivariate t", multivariate_t)):
            found = [band_coverage(critical, correlation, n, samples) for n in (4, 5, 10)]
            cells = [f"{held:.0%} ({width:.1f})" for held, width in found]
            print(f"| {correlation} | {kind} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
