"""Draw vectors as k-means++ draws its first centres."""

import numpy as np

from alseg_strategies.farthest import nearest_distance
from alseg_strategies.features import Vectors
from alseg_strategies.ranking import Indices


def squared_distance_sample(vectors: Vectors, count: int, rng: np.random.Generator) -> Indices:
    """Draw ``count`` rows of ``vectors`` (n, d), far ones with a higher probability.

    First the longest vector, as in the code of Ash et al. 2020, then each with a probability proportional to its
    squared distance to the nearest drawn one (Arthur and Vassilvitskii 2007). Where all that are left equal a drawn
    one, they are drawn with equal probability.
    """
    first = int(np.linalg.norm(vectors, axis=1).argmax())
    rows = [first]
    nearest = nearest_distance(vectors, vectors[first, None])
    free = np.ones(len(vectors), bool)
    free[first] = False
    while len(rows) < count:
        weights = np.where(free, nearest**2, 0)
        if not weights.any():
            weights = free.astype(np.float64)
        row = int(rng.choice(len(vectors), p=weights / weights.sum()))
        rows.append(row)
        free[row] = False
        np.minimum(nearest, nearest_distance(vectors, vectors[row, None]), out=nearest)
    return np.array(rows, np.int64)
