"""Choose blocks of adjacent slices whose ends are annotated: appendix A of Burmeister et al. 2022, as array code."""

from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from alcore import Block, Query, Status
from alseg_strategies.ranking import Indices, Scores

Priorities = Callable[[Indices, int], Scores]
"""Maps the first slices (k,) of blocks, and their size, to priorities (k,); higher is wanted more."""


class BlockChoice:
    """The blocks chosen in one query.

    Attributes:
        ends: the annotated slices, in order of choice.
        scores: the priority of the block that each of them was chosen for.
    """

    def __init__(self, n_slices: int) -> None:
        self.ends: list[int] = []
        self.scores: list[float] = []
        self._inside = np.zeros(n_slices, bool)

    def add(self, first: int, size: int, priority: float) -> None:
        """Take the block of ``size`` slices from ``first``."""
        ends = (first, first + size - 1)[: min(size, 2)]
        self.ends += ends
        self.scores += [priority] * len(ends)
        self._inside[first : first + size] = True

    def gaps(self) -> Iterator[Block]:
        """Yield the blocks to interpolate: each from one annotated end to the next.

        Where a later block lies inside an earlier one, the earlier is cut at the ends of the later.
        """
        ends = sorted(self.ends)
        for first, last in pairwise(ends):
            if last - first > 1 and self._inside[first : last + 1].all():
                yield Block(first, last)


def choose_blocks(query: Query, block_size: int, priorities: Priorities) -> BlockChoice:
    """Choose blocks until the budget is spent or every slice has a true label.

    First among slices with neither a label nor a pseudo-label: blocks of ``block_size``, and when none is left one
    slice smaller, leaving out size 2, down to single slices. When every slice has a label, a pseudo-label or a place
    in a block just chosen, the size is reset and every slice without a true label counts as free. A block costs 2 of
    the budget, a single slice 1; the last 1 of an odd budget goes to the free single slice of the highest priority.
    """
    choice = BlockChoice(len(query.scan))
    annotated = query.status == Status.LABELLED
    free = query.status == Status.UNLABELLED
    left = query.budget
    while left and not annotated.all():
        for size in (*range(block_size, 2, -1), 1):
            cost = min(size, 2)
            if cost <= left:
                left -= cost * _take_blocks(choice, query.scan, free, size, left // cost, priorities)
        annotated[choice.ends] = True
        free = ~annotated
    return choice


def _take_blocks(
    choice: BlockChoice, scan: NDArray[np.int32], free: NDArray[np.bool_], size: int, count: int, priorities: Priorities
) -> int:
    """Take up to ``count`` blocks of free slices, the highest priority first, ties in pool order; say how many."""
    firsts = _free_blocks(scan, free, size)
    if not len(firsts):
        return 0
    priority = priorities(firsts, size)
    taken = 0
    for k in _best(priority, count * (2 * size - 1)):
        first = int(firsts[k])
        # Blocks of equal size overlap only where one holds an end of the other.
        if free[first] and free[first + size - 1]:
            choice.add(first, size, float(priority[k]))
            free[first : first + size] = False
            taken += 1
            if taken == count:
                break
    return taken


def _free_blocks(scan: NDArray[np.int32], free: NDArray[np.bool_], size: int) -> Indices:
    """First slices of all runs of ``size`` adjacent free slices of one scan."""
    slices = np.flatnonzero(free)
    firsts, lasts = slices[: max(len(slices) - size + 1, 0)], slices[size - 1 :]
    adjacent: NDArray[np.bool_] = (lasts - firsts == size - 1) & (scan[firsts] == scan[lasts])
    return np.asarray(firsts[adjacent], np.int64)


def _best(priority: Scores, count: int) -> Indices:
    """The ``count`` entries of the highest priority (and what ties with the last), best first, ties in order.

    A block that is taken rules out at most 2 (size - 1) others, so the blocks to take are among few of the best.
    """
    if count >= len(priority):
        return np.argsort(-priority, kind="stable")
    threshold = np.partition(priority, len(priority) - count)[len(priority) - count]
    best = np.flatnonzero(priority >= threshold)
    return best[np.argsort(-priority[best], kind="stable")]
