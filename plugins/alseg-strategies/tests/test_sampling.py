"""Random and stratified sampling against slow, literal references."""

from collections import Counter

import numpy as np
from alseg_strategies.sampling import Random, Stratified
from hypothesis import given
from hypothesis import strategies as st

from alcore import Options, Status
from alcore.testing.pools import synthetic_query

pools = st.lists(st.lists(st.sampled_from([0, 0, 0, 1, 2]), min_size=1, max_size=8), min_size=1, max_size=6)


def query_of(pool, budget, seed=0):
    return synthetic_query(
        [len(scan) for scan in pool], status=[status for scan in pool for status in scan], budget=budget, seed=seed
    )


@given(pools, st.integers(1, 50), st.sampled_from([Random, Stratified]))
def test_the_budget_is_filled_with_unlabelled_slices_before_pseudo_labelled_ones(pool, budget, strategy):
    query = query_of(pool, budget)
    chosen = strategy(Options()).select(query).indices
    assert len(set(chosen.tolist())) == len(chosen) == min(budget, len(query.candidates))
    status = query.status[chosen]
    n_unlabelled = min(budget, len(query.unlabelled))
    assert (status[:n_unlabelled] == Status.UNLABELLED).all()
    assert (status[n_unlabelled:] == Status.PSEUDO_LABELLED).all()


def test_random_chooses_every_slice_equally_often():
    times = Counter()
    for seed in range(3000):
        times.update(Random(Options()).select(synthetic_query([7, 3], budget=4, seed=seed)).indices.tolist())
    expected = 3000 * 4 / 10
    standard_deviation = np.sqrt(3000 * 0.4 * 0.6)
    assert all(abs(times[index] - expected) < 5 * standard_deviation for index in range(10))


def labels_after(free, n_labelled, budget):
    """Labels per scan when the scan with the fewest labels and a free slice gets the next one, the first on ties."""
    free, labels = list(free), list(n_labelled)
    for _ in range(min(budget, sum(free))):
        scan = min((scan for scan in range(len(free)) if free[scan]), key=lambda scan: labels[scan])
        free[scan] -= 1
        labels[scan] += 1
    return labels


@given(pools, st.integers(1, 50), st.integers(0, 5))
def test_stratified_draws_from_the_scan_with_the_fewest_labels(pool, budget, seed):
    pool = [[min(status, 1) for status in scan] for scan in pool]
    query = query_of(pool, budget, seed)
    chosen = Stratified(Options()).select(query).indices
    labels = np.array([sum(scan) for scan in pool])
    # Every single draw must come from a scan that no other scan with free slices undercuts.
    free = np.array([len(scan) - sum(scan) for scan in pool])
    for index in chosen:
        scan = query.scan[index]
        assert free[scan] > 0
        assert labels[scan] == labels[free > 0].min()
        labels[scan] += 1
        free[scan] -= 1
    reference = labels_after([len(s) - sum(s) for s in pool], [sum(s) for s in pool], budget)
    assert sorted(reference) == sorted(labels.tolist())


def test_stratified_spreads_a_remainder_over_all_scans_alike():
    times = Counter()
    for seed in range(2000):
        query = synthetic_query([5, 5, 9], budget=4, seed=seed)
        counts = Counter(query.scan[Stratified(Options()).select(query).indices].tolist())
        times.update(scan for scan, count in counts.items() if count == 2)
    assert all(abs(times[scan] - 2000 / 3) < 5 * np.sqrt(2000 * 2 / 9) for scan in range(3))


def test_stratified_chooses_every_slice_of_a_scan_equally_often():
    times = Counter()
    for seed in range(2000):
        times.update(Stratified(Options()).select(synthetic_query([4, 4], budget=2, seed=seed)).indices.tolist())
    assert all(abs(times[index] - 500) < 5 * np.sqrt(2000 * 0.25 * 0.75) for index in range(8))
