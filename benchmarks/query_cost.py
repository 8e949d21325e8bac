"""Time and peak memory of each strategy's selection logic alone, on pools of up to a million slices, as Markdown.

``alseg bench strategies`` measures any strategy likewise; this program holds the cases that the documentation reports.

    python benchmarks/query_cost.py                      # everything: minutes, and about 6 GB of memory
    python benchmarks/query_cost.py --sizes 1000,10000   # small pools
    python benchmarks/query_cost.py --mean-shift-error   # sampled against exact mean shift at 10,000 slices
"""

import argparse
import time
from itertools import groupby

import numpy as np
from alseg_bench.query_cost import feature_vectors, growth_exponent, measure_costs

from alcore.benchmark.grid import parse_choices

CASES = (
    "random,stratified,entropy,strided:interpolator=none,strided:interpolator=none,selection=entropy,distance,"
    "distance:metric=cosine,distance:greedy=true,representative-uncertainty,clustering,clustering:algorithm=kmeans"
)
TIMEOUT = 1800.0


def print_costs(cases, sizes, budgets):
    """Print one row per strategy and budget: wall seconds, processor seconds in brackets."""
    heads = "".join(f"| {size:,} slices " for size in sizes)
    print(f"| strategy | budget {heads}| extra memory | growth |")
    print("|---|---" + "|---:" * len(sizes) + "|---:|---:|")
    costs = measure_costs(parse_choices(cases), sizes, budgets, timeout=TIMEOUT)
    for (strategy, budget), group in groupby(costs, key=lambda cost: (cost.strategy, cost.budget)):
        row = list(group)
        times = "".join(f"| {cost.error or f'{cost.seconds:.3f} ({cost.cpu_seconds:.3f})'} " for cost in row)
        megabytes = row[-1].memory_bytes / 2**20
        print(f"| {strategy} | {budget} {times}| {megabytes:.0f} MiB | {growth_exponent(row):.2f} |", flush=True)


def print_mean_shift_error(n_slices=10_000, bandwidth=5.0):
    """Print how far mean shift on a sample is from the exact result."""
    from alseg_strategies.features import principal_components
    from alseg_strategies.mean_shift import OUTLIER, mean_shift
    from sklearn.metrics import adjusted_rand_score

    vectors = feature_vectors(n_slices, np.random.default_rng(0))
    points = principal_components(vectors, vectors.mean(axis=0, dtype=np.float64), 10)
    started = time.perf_counter()
    exact = mean_shift(points, bandwidth, sample=n_slices, rng=np.random.default_rng(0))
    seconds = time.perf_counter() - started
    print(f"exact: {exact.max() + 1} clusters, {np.mean(exact == OUTLIER):.1%} outliers, {seconds:.1f} s")
    print("| sample | clusters | adjusted Rand index | slices in or out otherwise | time |\n|---:|---:|---:|---:|---:|")
    for sample in (500, 1000, 2500, 5000):
        scores, moved, clusters, started = [], [], [], time.perf_counter()
        for seed in range(5):
            labels = mean_shift(points, bandwidth, sample=sample, rng=np.random.default_rng(seed))
            scores.append(adjusted_rand_score(exact, labels))
            moved.append(np.mean((exact == OUTLIER) != (labels == OUTLIER)))
            clusters.append(labels.max() + 1)
        seconds = (time.perf_counter() - started) / 5
        print(
            f"| {sample} | {min(clusters)} to {max(clusters)} | {np.mean(scores):.4f} (least {np.min(scores):.4f}) "
            f"| {np.mean(moved):.2%} | {seconds:.1f} s |"
        )


def main():
    """Read the arguments and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="1000,10000,100000,1000000")
    parser.add_argument("--budgets", default="16,1024")
    parser.add_argument("--cases", default=CASES, help="strategies as 'alseg benchmark --strategies' takes them")
    parser.add_argument("--mean-shift-error", action="store_true")
    arguments = parser.parse_args()
    if arguments.mean_shift_error:
        print_mean_shift_error()
    else:
        sizes, budgets = ([int(n) for n in text.split(",")] for text in (arguments.sizes, arguments.budgets))
        print_costs(arguments.cases, sizes, budgets)


if __name__ == "__main__":
    main()
