"""Coverage: choose the slices to which the slices of the pool are most similar.

All three maximise f(A) = mean over slices i of max over chosen or labelled j of s(x_i, x_j), greedily, and differ in
the similarity s alone. The greedy choice reaches at least 1 - 1/e of the best (Nemhauser et al. 1978).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from heapq import heapify, heapreplace
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from alcore import Query, Selection
from alseg_strategies.diversity_options import MaxHerdingOptions, ProbCoverOptions, SampledOptions
from alseg_strategies.farthest import FarthestFirst
from alseg_strategies.features import Vectors, vectors_of
from alseg_strategies.kmeans import kmeans
from alseg_strategies.ranking import Choice, Indices, drawn, select_in_tiers

Matrix = NDArray[np.float64]
Similarity = Callable[[Matrix, Matrix], Matrix]
"""Maps vectors (n, d) and (m, d) to their similarities, (n, m), none below 0."""

T = TypeVar("T", bound=SampledOptions)

_DECIMALS = 12
"""Gains are rounded to these, so that equal slices tie whatever the order of summation."""


class Cover:
    """How similar each of some points is to the nearest of the chosen vectors.

    Args:
        vectors: (n, d), of all slices.
        points: which of them are to be covered.
        similarity: of two vectors.
    """

    def __init__(self, vectors: Vectors, points: Indices, similarity: Similarity) -> None:
        self._vectors = vectors
        self._points = vectors[points].astype(np.float64)
        self._similarity = similarity
        self._covered = np.zeros(len(points))

    def add(self, chosen: Indices) -> None:
        """Let these slices cover."""
        for start in range(0, len(chosen), 1000):
            self._covered = np.maximum(self._covered, self._to_points(chosen[start : start + 1000]).max(axis=0))

    def take(self, candidates: Indices, count: int) -> tuple[Indices, Matrix]:
        """Choose up to ``count`` candidates of the largest gain, one after the other, ties in their order.

        Returns:
            The chosen, and the gain of each at its time: by how much it raised the mean similarity.
        """
        similar = self._to_points(candidates)

        def gain(row: int) -> float:
            return round(float(np.maximum(similar[row] - self._covered, 0).mean()), _DECIMALS)

        # A gain can only fall, so what was the gain before is a bound: the first whose gain is fresh is the best.
        queue = [(-gain(row), row, 0) for row in range(len(candidates))]
        heapify(queue)
        rows: list[int] = []
        gains: list[float] = []
        while len(rows) < count:
            negated, row, age = queue[0]
            if age < len(rows):
                heapreplace(queue, (-gain(row), row, len(rows)))
                continue
            rows.append(row)
            gains.append(-negated)
            self._covered = np.maximum(self._covered, similar[row])
            heapreplace(queue, (np.inf, row, len(candidates)))
        return candidates[rows], np.array(gains)

    def _to_points(self, indices: Indices) -> Matrix:
        return self._similarity(self._vectors[indices].astype(np.float64), self._points)


class Coverage(ABC, Generic[T]):
    """Chooses the slices that cover the pool best, together with those that are labelled."""

    name: str

    def __init__(self, options: T) -> None:
        self.options = options

    def select(self, query: Query) -> Selection:
        """Choose one slice after the other, the one that raises the coverage most; ties at random."""
        vectors = vectors_of(query, self.options, label=f"strategy {self.name!r}")
        points = drawn(np.arange(len(query.scan)), self.options.sample, query.rng)
        cover = Cover(vectors, points, self.similarity(vectors[points], query.rng))
        cover.add(query.labelled)
        chosen = query.labelled

        def choose(candidates: Indices, count: int) -> Choice:
            nonlocal chosen
            shuffled = query.rng.permutation(candidates)
            indices, gains = cover.take(shuffled[: max(self.options.sample, count)], count)
            indices = self.completed(indices, gains, vectors, chosen, shuffled)
            chosen = np.concatenate([chosen, indices])
            return indices, gains

        return select_in_tiers(query, choose)

    def completed(
        self, indices: Indices, gains: Matrix, vectors: Vectors, chosen: Indices, candidates: Indices
    ) -> Indices:
        """What to choose in place of ``indices``, some of which may gain nothing."""
        return indices

    @abstractmethod
    def similarity(self, points: Vectors, rng: np.random.Generator) -> Similarity:
        """The similarity of two slices; ``points`` (m, d) stand for the pool."""


class MaxHerding(Coverage[MaxHerdingOptions]):
    """Smooth coverage: s(x, y) = exp(-gamma |x - y|^2). Bae et al. 2024."""

    name = "max-herding"

    def similarity(self, points: Vectors, rng: np.random.Generator) -> Similarity:
        """The Gaussian kernel."""
        from sklearn.metrics.pairwise import rbf_kernel

        return lambda a, b: np.asarray(rbf_kernel(a, b, gamma=self.options.gamma))


class FacilityLocation(Coverage[SampledOptions]):
    """Facility location: s(x, y) is the cosine, at least 0. Wei et al. 2015."""

    name = "facility-location"

    def similarity(self, points: Vectors, rng: np.random.Generator) -> Similarity:
        """The cosine, 0 where it is negative or a vector is 0."""
        from sklearn.metrics.pairwise import cosine_similarity

        return lambda a, b: np.maximum(cosine_similarity(a, b), 0)


class ProbCover(Coverage[ProbCoverOptions]):
    """Coverage by balls: s(x, y) = 1 where |x - y| < delta, else 0. Yehuda et al. 2022.

    When every point is covered, the choice goes on farthest-first.
    """

    name = "probcover"

    def similarity(self, points: Vectors, rng: np.random.Generator) -> Similarity:
        """Whether two slices are nearer than ``delta``."""
        from sklearn.metrics.pairwise import euclidean_distances

        delta = self.options.delta
        radius = self._pure_radius(points.astype(np.float64), rng) if delta == "auto" else delta
        return lambda a, b: np.asarray(euclidean_distances(a, b) < radius, np.float64)

    def completed(
        self, indices: Indices, gains: Matrix, vectors: Vectors, chosen: Indices, candidates: Indices
    ) -> Indices:
        """Keep what covers something new, and complete it farthest-first."""
        useful = indices[gains > 0]
        if len(useful) == len(indices):
            return indices
        left = candidates[~np.isin(candidates, useful)]
        farthest = FarthestFirst(vectors, np.concatenate([chosen, useful]))
        return np.concatenate([useful, farthest.take(left, len(indices) - len(useful))[0]])

    def _pure_radius(self, points: Matrix, rng: np.random.Generator) -> float:
        """The largest radius at which the share ``purity`` of the balls holds points of one cluster only.

        The ball of a point is pure up to the distance of the nearest point of another cluster.
        """
        from sklearn.metrics.pairwise import euclidean_distances

        labels, _ = kmeans(points.astype(np.float32), self.options.clusters, rng)
        distances = euclidean_distances(points)
        distances[labels[:, None] == labels] = np.inf
        pure_up_to = np.sort(distances.min(axis=1))
        impure = int((1 - self.options.purity) * len(points))
        # A little less, so that rounding does not put the nearest stranger into the ball.
        return float(pure_up_to[min(impure, len(points) - 1)] * (1 - 1e-6))
