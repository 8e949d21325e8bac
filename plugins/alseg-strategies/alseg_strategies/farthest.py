"""Farthest-first choice: the vector farthest from the nearest centre joins the centres, again and again."""

import numpy as np
import torch
from numpy.typing import NDArray

from alseg_strategies.features import Vectors
from alseg_strategies.ranking import Choice, Indices

# So that the distances of a chunk stay in the processor's cache.
_PAIRS_PER_CHUNK = 1 << 18


class FarthestFirst:
    """The greedy 2-approximation of k-centre. Gonzalez 1985; Sener and Savarese 2018, algorithm 1.

    Args:
        vectors: (n, d).
        centres: which of them are centres already.

    Attributes:
        nearest: (n,) distance of each vector to the nearest centre; infinite where there is no centre.
    """

    def __init__(self, vectors: Vectors, centres: Indices) -> None:
        self._vectors = vectors
        self.nearest = nearest_distance(vectors, vectors[centres])

    def take(self, candidates: Indices, count: int) -> Choice:
        """Choose ``count`` of the candidates, ties in their order, each with its distance to the nearest centre.

        Without a centre the first is the candidate nearest to their mean; its score is the distance of the farthest.
        """
        free = np.ones(len(candidates), bool)
        chosen, scores = np.empty(count, np.int64), np.empty(count)
        for k in range(count):
            wanted = self.nearest[candidates]
            if np.isinf(wanted).all():
                wanted = -nearest_distance(self._vectors[candidates], self._vectors[candidates].mean(axis=0)[None])
            best = int(np.where(free, wanted, -np.inf).argmax())
            free[best] = False
            chosen[k], scores[k] = candidates[best], self.nearest[candidates[best]]
            self.add(chosen[k, None])
            if np.isinf(scores[k]):
                scores[k] = self.nearest[candidates].max()
        return chosen, scores

    def add(self, centres: Indices) -> None:
        """Let further vectors be centres."""
        np.minimum(self.nearest, nearest_distance(self._vectors, self._vectors[centres]), out=self.nearest)


def nearest_distance(vectors: Vectors, others: Vectors) -> NDArray[np.float64]:
    """Return (n,): the Euclidean distance of each of ``vectors`` (n, d) to the nearest of ``others`` (m, d).

    Equal vectors are at a distance of exactly 0. Infinite where there are no others.
    """
    nearest = np.full(len(vectors), np.inf)
    step = max(1, _PAIRS_PER_CHUNK // max(1, len(others)))
    targets = torch.from_numpy(others)
    for start in range(0, len(vectors) if len(others) else 0, step):
        chunk = torch.from_numpy(vectors[start : start + step])
        # The matrix-product shortcut loses the small distances to cancellation.
        pairs = torch.cdist(chunk, targets, compute_mode="donot_use_mm_for_euclid_dist")
        nearest[start : start + step] = pairs.amin(dim=1).double().numpy()
    return nearest
