"""Time and peak memory of each strategy's selection logic alone, on pools of up to a million slices.

Scores, probabilities and features are given (computing them is the model's own arithmetic): the predictor here answers
from arrays. Each measurement runs in a process of its own, so that peak memory belongs to it alone.

    python benchmarks/query_cost.py                      # everything: minutes, and about 6 GB of memory
    python benchmarks/query_cost.py --sizes 1000,10000   # small pools
    python benchmarks/query_cost.py --mean-shift-error   # sampled against exact mean shift at 10,000 slices
"""

import argparse
import json
import math
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

SLICES_PER_SCAN = 50
CHANNELS = 512
"""Channels of the bottleneck of the paper's U-Net."""

MOST_LABELLED = 832
"""Labelled slices at the end of the paper's protocol: 32 + 50 x 16."""

CASES = {
    "random": ("random", {}),
    "stratified": ("stratified", {}),
    "entropy (scores given)": ("entropy", {}),
    "strided, random": ("strided", {"interpolator": "none"}),
    "strided, entropy": ("strided", {"interpolator": "none", "selection": "entropy"}),
    "distance": ("distance", {}),
    "distance, cosine": ("distance", {"metric": "cosine"}),
    "distance, greedy": ("distance", {"greedy": True}),
    "representative-uncertainty": ("representative-uncertainty", {}),
    "clustering, mean shift": ("clustering", {}),
    "clustering, kmeans": ("clustering", {"algorithm": "kmeans"}),
}


class GivenPredictor:
    """Answers from arrays that were there before the clock started."""

    def __init__(self, n_slices, rng, with_features):
        self._scores = rng.normal(size=n_slices)
        self._features = feature_vectors(n_slices, rng) if with_features else None

    def scores(self, indices, score):
        """Return the given scores."""
        return self._scores[indices]

    def features(self, indices):
        """Return the given features; every strategy asks for those of the whole pool."""
        return self._features


def feature_vectors(n_slices, rng, channels=CHANNELS):
    """Vectors (n, channels) near a 10-dimensional mixture of 40 groups of unequal size, plus noise."""
    weights = rng.dirichlet(np.full(40, 0.7))
    centres = rng.uniform(-12, 12, size=(40, 10))
    mixing = np.linalg.qr(rng.normal(size=(channels, 10)))[0].T.astype(np.float32)
    vectors = np.empty((n_slices, channels), np.float32)
    noise = 0.05 * rng.standard_normal((50_000, channels), np.float32)
    for start in range(0, n_slices, len(noise)):
        n = min(len(noise), n_slices - start)
        latent = centres[rng.choice(40, size=n, p=weights)] + rng.normal(scale=1.3, size=(n, 10))
        vectors[start : start + n] = latent.astype(np.float32) @ mixing + noise[:n]
    return vectors


def query_of(n_slices, budget, rng, with_features):
    """A pool of scans of 50 slices, of which as many are labelled as at the end of the paper's protocol."""
    from alcore import Query

    status = np.zeros(n_slices, np.uint8)
    status[rng.choice(n_slices, size=min(MOST_LABELLED, n_slices // 10), replace=False)] = 1
    return Query(
        scan=(np.arange(n_slices) // SLICES_PER_SCAN).astype(np.int32),
        position=(np.arange(n_slices) % SLICES_PER_SCAN).astype(np.int32),
        status=status,
        budget=budget,
        round=1,
        n_classes=2,
        multi_label=False,
        rng=rng,
        predictor=GivenPredictor(n_slices, rng, with_features),
    )


def reset_peak():
    """Forget the process's peak memory (making the pool needs more than a query does); return what is in use, in MB."""
    Path("/proc/self/clear_refs").write_text("5")
    return memory_mb("VmRSS")


def memory_mb(field):
    """A memory figure of this process from the kernel, in MB; Linux only."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{field}:"))


def measure(case, n_slices, budget):
    """Run one selection; return its wall and processor seconds and the growth of peak memory in MB."""
    from alcore import Registry

    registry = Registry.installed()
    name, options = CASES[case]
    component = registry.get("strategy", name)
    strategy = registry.build(component, component.parse_options(options))
    with_features = name in ("distance", "clustering", "representative-uncertainty")
    # Imports and thread pools are no cost of a query.
    strategy.select(query_of(500, 4, np.random.default_rng(1), with_features))
    query = query_of(n_slices, budget, np.random.default_rng(0), with_features)
    before = reset_peak()
    started, started_cpu = time.perf_counter(), time.process_time()
    selection = strategy.select(query)
    seconds, cpu = time.perf_counter() - started, time.process_time() - started_cpu
    assert len(selection.indices) == min(budget, len(query.candidates))
    return {"seconds": seconds, "cpu": cpu, "mb": memory_mb("VmHWM") - before}


def measure_apart(case, n_slices, budget):
    """:func:`measure` in a process of its own, on one thread, so that a busy machine shows in the wall time alone."""
    command = [sys.executable, __file__, "--one", json.dumps([case, n_slices, budget])]
    one_thread = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True, env=one_thread).stdout)


def growth_exponent(sizes, seconds):
    """The slope of log time over log size between the two largest pools."""
    if len(sizes) < 2:
        return math.nan
    return math.log(seconds[-1] / seconds[-2]) / math.log(sizes[-1] / sizes[-2])


def print_costs(cases, sizes, budgets):
    """Print one row per strategy and budget: wall seconds, processor seconds in brackets."""
    heads = "".join(f"| {size:,} slices " for size in sizes)
    print(f"| strategy | budget {heads}| extra memory | growth |")
    print("|---|---" + "|---:" * len(sizes) + "|---:|---:|")
    for case in cases:
        for budget in budgets:
            results = [measure_apart(case, size, budget) for size in sizes]
            seconds = [result["cpu"] for result in results]
            times = "".join(f"| {result['seconds']:.3f} ({result['cpu']:.3f}) " for result in results)
            exponent = growth_exponent(sizes, seconds)
            print(f"| {case} | {budget} {times}| {results[-1]['mb']:.0f} MB | {exponent:.2f} |", flush=True)


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
    parser.add_argument("--case", action="append", choices=list(CASES))
    parser.add_argument("--mean-shift-error", action="store_true")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(measure(*json.loads(arguments.one))))
    elif arguments.mean_shift_error:
        print_mean_shift_error()
    else:
        sizes, budgets = ([int(n) for n in text.split(",")] for text in (arguments.sizes, arguments.budgets))
        print_costs(arguments.case or list(CASES), sizes, budgets)


if __name__ == "__main__":
    main()
