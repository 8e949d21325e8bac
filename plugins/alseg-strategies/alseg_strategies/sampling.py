"""Strategies that draw slices at random."""

import numpy as np

from alcore import Options, Query, Selection
from alseg_strategies.ranking import Choice, Indices, select_in_tiers


class Random:
    """Uniform random sampling without replacement (RS)."""

    def __init__(self, options: Options) -> None:
        self.options = options

    def select(self, query: Query) -> Selection:
        """Choose ``query.budget`` slices, each set of slices with the same probability."""

        def choose(candidates: Indices, count: int) -> Choice:
            if query.units.kind == "patch":  # of which some overlap
                return query.apart(query.rng.permutation(candidates), count), None
            return query.apart(query.rng.choice(candidates, size=count, replace=False), count), None

        return select_in_tiers(query, choose)


class Stratified:
    """Stratified random sampling (StrRS): the same number of annotated slices from each scan.

    Equal to drawing slice after slice from the scan that has the fewest true labels so far and an unlabelled slice
    left, ties between scans and the slice within the scan at random. Burmeister et al. 2022, section 3.
    """

    def __init__(self, options: Options) -> None:
        self.options = options

    def select(self, query: Query) -> Selection:
        """Choose ``query.budget`` slices, scans with the fewest labelled slices first."""
        n_labelled = np.bincount(query.scan[query.labelled], minlength=query.n_scans)

        def choose(candidates: Indices, count: int) -> Choice:
            shuffled = query.rng.permutation(candidates)
            by_scan = shuffled[np.argsort(query.scan[shuffled], kind="stable")]
            scan = query.scan[by_scan]
            is_first = np.diff(scan, prepend=-1) > 0
            first = np.flatnonzero(is_first)[np.cumsum(is_first) - 1]
            labels_before = n_labelled[scan] + np.arange(len(scan)) - first
            tie_break = query.rng.random(len(scan))
            return query.apart(by_scan[np.lexsort((tie_break, labels_before))], count), None

        return select_in_tiers(query, choose)
