"""Disagreement of the model with itself, from slice to slice."""

import numpy as np
import torch
from numpy.typing import NDArray

from alcore import Query, Selection
from alseg_dissonance.plugin import DissonanceOptions

Numbers = NDArray[np.float64]
Indices = NDArray[np.int64]


class Dissonance:
    """Prefers slices whose predicted probabilities differ most from those of an adjacent slice.

    The dissonance of two adjacent slices is the mean of |p - q| over classes and pixels, in [0, 1]; that of a slice is
    the larger one of its two sides.
    """

    def __init__(self, options: DissonanceOptions) -> None:
        self.options = options

    def select(self, query: Query) -> Selection:
        """Choose the most dissonant candidates, some slices apart while the pool allows it."""
        candidates = query.candidates
        scores = self.score_slices(query, candidates)
        order = np.argsort(-scores, kind="stable")
        apart = self._keep_apart(query, candidates[order])
        chosen = order[np.concatenate((np.flatnonzero(apart), np.flatnonzero(~apart)))][: query.budget]
        return Selection(candidates[chosen], scores=scores[chosen])

    def score_slices(self, query: Query, indices: Indices) -> Numbers:
        """Return (len(indices),) dissonances; only scans that ``indices`` touch are predicted, one at a time."""
        dissonance = np.zeros(len(query.scan))
        starts = np.searchsorted(query.scan, np.arange(query.n_scans + 1))
        for scan in np.unique(query.scan[indices]):
            slices = np.arange(starts[scan], starts[scan + 1])
            between = _differences(query, slices)
            dissonance[slices[:-1]] = between
            dissonance[slices[1:]] = np.maximum(dissonance[slices[1:]], between)
        return dissonance[indices]

    def _keep_apart(self, query: Query, ranked: Indices) -> NDArray[np.bool_]:
        """Whether each of the ranked slices is far enough from those kept before it."""
        blocked = np.zeros(len(query.scan), bool)
        keep = np.zeros(len(ranked), bool)
        for rank, index in enumerate(ranked):
            if keep.sum() == query.budget:
                break
            if not blocked[index]:
                keep[rank] = True
                near = slice(max(0, index - self.options.apart + 1), index + self.options.apart)
                blocked[near] |= query.scan[near] == query.scan[index]
        return keep


def _differences(query: Query, slices: Indices) -> Numbers:
    """(len(slices) - 1,) mean absolute differences of the probabilities of adjacent slices."""
    predicted: dict[int, torch.Tensor] = {}
    for where, probabilities in query.predictor.probabilities(slices):
        predicted.update(zip(where.tolist(), probabilities, strict=True))
    stack = torch.stack([predicted[position] for position in range(len(slices))])
    return (stack[1:] - stack[:-1]).abs().mean(dim=(1, 2, 3)).double().cpu().numpy()
