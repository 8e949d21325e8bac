"""What strategies chose, on selections whose description is worked out by hand."""

import math

import pytest
from alseg_results.audit import audit, overlaps
from alseg_results.runs import find_runs

CURVE = (0.2, 0.5, 0.6)
INITIAL = [(scan, 19) for scan in range(8)]


def described(write_run, strategy="random"):
    frame = audit(find_runs(write_run.folder))
    return frame[frame["strategy"] == strategy].iloc[0]


def test_spread_and_redundancy_are_those_by_hand(write_run):
    # Scan 0: 2 and 3 are neighbours, 7 is 4 off. Scan 9: 5 alone. Scan 1: 18 is next to the initial slice 19.
    write_run(CURVE, chosen=[INITIAL, [(0, 2), (0, 3), (9, 5)], [(0, 7), (1, 18)]])
    row = described(write_run)
    assert row["queried"] == 5
    assert row["scans_share"] == pytest.approx(3 / 10)
    assert row["slices_per_scan"] == pytest.approx(5 / 3)
    assert row["adjacent_share"] == pytest.approx(3 / 5)
    assert row["nearest_slices"] == pytest.approx((1 + 1 + 4 + 1) / 4)
    # Tenths of 20 slices: 1, 1, 2, 3, 9.
    shares = (2 / 5, 1 / 5, 1 / 5, 1 / 5)
    assert row["position_evenness"] == pytest.approx(-sum(p * math.log(p) for p in shares) / math.log(10))


def test_neighbours_in_the_pool_that_are_of_two_scans_are_not_adjacent(write_run):
    write_run(CURVE[:2], chosen=[[], [(0, 19), (1, 0)]])
    row = described(write_run)
    assert row["adjacent_share"] == 0.0
    assert math.isnan(row["nearest_slices"])


def test_bias_is_told_against_the_pool(write_run):
    # Queried slices have 100 pixels and 10 foreground voxels each; the pool's mean is 100 and 20, half have any.
    write_run(CURVE, chosen=[INITIAL, [(0, 2)], [(1, 5)]])
    row = described(write_run)
    assert row["size_ratio"] == 1.0
    assert row["foreground_ratio"] == 0.5
    assert (row["foreground_slices_share"], row["foreground_slices_pool"]) == (1.0, 0.5)


def test_every_tenth_alike_is_even_and_one_tenth_is_not(write_run):
    write_run(CURVE[:2], "even", chosen=[[], [(0, 2 * k) for k in range(10)]])
    write_run(CURVE[:2], "one", chosen=[[], [(scan, 10) for scan in range(10)]])
    assert described(write_run, "even")["position_evenness"] == pytest.approx(1.0)
    assert described(write_run, "one")["position_evenness"] == 0.0


def test_overlap_is_counted_under_the_same_seed_beside_what_chance_gives(write_run):
    for seed in (0, 1):
        write_run(CURVE, "random", seed=seed, chosen=[INITIAL, [(0, 0), (0, 1)], [(0, 2), (seed, 3)]])
        write_run(CURVE, "entropy", seed=seed, chosen=[INITIAL, [(0, 1), (5, 1)], [(1, 3), (5, 5)]])
    frame = overlaps(find_runs(write_run.folder)).set_index(["first", "second"])
    row = frame.loc[("random", "entropy")]
    # Of four slices one is shared under seed 0 and two under seed 1; 4 of 192 are drawn at random.
    assert (row["overlap"], row["expected"], row["seeds"]) == (pytest.approx(3 / 8), pytest.approx(4 / 192), 2)
    assert frame.loc[("entropy", "random"), "overlap"] == row["overlap"]


def test_a_shorter_run_is_compared_as_far_as_it_went(write_run):
    write_run(CURVE, "random", chosen=[INITIAL, [(0, 0)], [(0, 5)]])
    write_run(CURVE[:2], "entropy", chosen=[INITIAL, [(0, 5)]])
    frame = overlaps(find_runs(write_run.folder)).set_index(["first", "second"])
    assert frame.loc[("random", "entropy"), "overlap"] == 0.0


def test_runs_without_a_query_are_described_by_nothing(write_run):
    write_run(CURVE[:1], chosen=[INITIAL])
    assert math.isnan(described(write_run)["queried"])
    assert overlaps(find_runs(write_run.folder)).empty
