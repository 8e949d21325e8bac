"""From scores to a selection: array code, O(n log n) in the slices of the pool."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from alcore import Query, Selection, Status

Indices = NDArray[np.int64]
Scores = NDArray[np.float64]
Choice = tuple[Indices, Scores | None]


def select_in_tiers(query: Query, choose: Callable[[Indices, int], Choice]) -> Selection:
    """Choose among unlabelled slices, and among pseudo-labelled ones only for what is then left of the budget.

    Args:
        query: the query to answer.
        choose: maps (candidates, count) to ``count`` of the candidates in order of preference, and their scores; to
            fewer where too many overlap. Called once for each kind of slice that is needed, with
            1 <= count <= len(candidates).
    """
    pseudo_labelled = np.flatnonzero(query.status == Status.PSEUDO_LABELLED)
    left = query.budget
    chosen: list[Indices] = []
    scores: list[Scores] = []
    for candidates in (query.unlabelled, pseudo_labelled):
        count = min(left, len(candidates))
        if count:
            indices, score = choose(candidates, count)
            chosen.append(indices)
            if score is not None:
                scores.append(score)
            left -= len(indices)
    indices = np.concatenate(chosen) if chosen else np.empty(0, np.int64)
    return Selection(indices, scores=np.concatenate(scores) if scores else None)


def select_by_score(query: Query, score: Callable[[Indices], Scores], *, one_per_scan: bool) -> Selection:
    """Choose the slices with the highest score.

    Args:
        query: the query to answer.
        score: maps pool indices (n,) to scores (n,); higher is wanted more.
        one_per_scan: rank the best slice of each scan before every other slice.
    """

    def choose(candidates: Indices, count: int) -> Choice:
        scores = score(candidates)
        order = rank(scores, query.scan[candidates] if one_per_scan else None)
        best = query.apart(candidates[order], count)
        return best, scores[np.searchsorted(candidates, best)]

    return select_in_tiers(query, choose)


def rank(scores: Scores, scan: NDArray[np.int32] | None = None) -> Indices:
    """Return the order of preference: highest score first, ties in pool order.

    Args:
        scores: (n,) one per slice.
        scan: (n,) scan of each slice, non-decreasing; where given, the best slice of each scan comes before all others.
    """
    order = np.argsort(-scores, kind="stable")
    if scan is None or not len(scan):
        return order
    is_best = np.zeros(len(scores), bool)
    # In the order of preference, the first slice of each scan is its best.
    is_best[order[np.unique(scan[order], return_index=True)[1]]] = True
    return np.concatenate([order[is_best[order]], order[~is_best[order]]])


def drawn(indices: Indices, at_most: int, rng: np.random.Generator) -> Indices:
    """Return all of ``indices``, or ``at_most`` of them drawn at random where they are more, in their order."""
    if len(indices) <= at_most:
        return indices
    return indices[np.sort(rng.choice(len(indices), at_most, replace=False))]
