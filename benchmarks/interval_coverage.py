"""How often two 95 % intervals of a mean paired difference hold the true mean: the t interval and the BCa bootstrap.

python benchmarks/interval_coverage.py --samples 2000

Seeds are few and their differences need not be normal, so several distributions are tried, each with a mean of 0.
"""

import argparse
from collections.abc import Callable

import numpy as np
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


def main() -> None:
    """Print a table: a row per distribution and interval, a column per number of seeds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=2000, help="samples per cell")
    samples = parser.parse_args().samples
    print(f"| differences | interval | {' | '.join(f'{n} seeds' for n in SEEDS)} |")
    print(f"| :-- | :-- |{' --: |' * len(SEEDS)}")
    for name, draw in DRAWN.items():
        for kind, interval in (("t", t_interval), ("BCa bootstrap", bootstrap_interval)):
            cells = [f"{coverage(interval, draw, n, samples):.0%}" for n in SEEDS]
            print(f"| {name} | {kind} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
