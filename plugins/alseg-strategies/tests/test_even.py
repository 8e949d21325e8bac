"""Slices at equal distances within their scans."""

from collections import Counter

import numpy as np
from alseg_strategies.even import StridedEven

from alcore import Options
from alcore.testing.pools import synthetic_query


def test_even_strides_are_the_middles_of_equal_parts():
    chosen = StridedEven(Options()).select(synthetic_query([9, 4], budget=4)).indices
    assert sorted(chosen.tolist()) == [2, 6, 10, 12]


def test_even_strides_share_the_budget_among_scans_by_their_labels():
    lengths, status = [6, 6, 6, 2], [1] * 3 + [0] * 17
    shares = Counter()
    for seed in range(60):
        query = synthetic_query(lengths, status=status, budget=6, seed=seed)
        chosen = StridedEven(Options()).select(query).indices
        counts = np.bincount(query.scan[chosen], minlength=4)
        assert counts.tolist()[0] == 0
        assert sorted(counts[1:].tolist()) == [2, 2, 2]
        query = synthetic_query(lengths, budget=1, seed=seed)
        shares[int(query.scan[StridedEven(Options()).select(query).indices[0]])] += 1
    assert set(shares) == {0, 1, 2, 3}
