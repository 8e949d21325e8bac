"""Slices at equal distances within their scans."""

import numpy as np

from alcore import Options, Query, Selection
from alseg_strategies.ranking import Choice, Indices, select_in_tiers


class StridedEven:
    """The same number of slices from each scan, at equal distances.

    Of m slices of a scan with n candidates, slice k (from 0) is candidate number (k + 1/2) n / m, rounded down.
    Scans with the fewest labels come first, ties at random, so that the numbers differ by 1 at most while scans have
    slices left.
    """

    def __init__(self, options: Options) -> None:
        self.options = options

    def select(self, query: Query) -> Selection:
        """Choose slices at equal distances; needs no model."""
        n_labelled = np.bincount(query.scan[query.labelled], minlength=query.n_scans)

        def choose(candidates: Indices, count: int) -> Choice:
            scan = query.scan[candidates]
            n_free = np.bincount(scan, minlength=query.n_scans)
            shares = _shares(n_labelled, n_free, count, query.rng)
            first = np.searchsorted(scan, np.arange(query.n_scans))
            chosen = [
                candidates[first[number] + (2 * np.arange(m) + 1) * n_free[number] // (2 * m)]
                for number, m in enumerate(shares)
                if m
            ]
            return np.concatenate(chosen), None

        return select_in_tiers(query, choose)


def _shares(n_labelled: Indices, n_free: Indices, count: int, rng: np.random.Generator) -> Indices:
    """How many of ``count`` slices each scan gives, one after the other from the scan with the fewest labels."""
    scan = np.repeat(np.arange(len(n_free)), n_free)
    turn = np.arange(len(scan)) - np.repeat(np.cumsum(n_free) - n_free, n_free)
    order = np.lexsort((rng.permutation(len(n_free))[scan], n_labelled[scan] + turn))
    return np.bincount(scan[order[:count]], minlength=len(n_free))
