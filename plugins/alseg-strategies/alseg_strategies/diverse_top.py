"""Diversity among the slices of the highest score."""

import math

import numpy as np

from alcore import Query, Selection, Strategy
from alseg_strategies.centres import nearest_to_centres
from alseg_strategies.combined import scaled
from alseg_strategies.diversity_options import DiverseTopOptions
from alseg_strategies.farthest import FarthestFirst
from alseg_strategies.features import Vectors, vectors_of
from alseg_strategies.ranking import Choice, Indices, rank, select_in_tiers
from alseg_strategies.scoring import require_score
from alseg_strategies.squared_distance import squared_distance_sample

NAME = "diverse-top"


class DiverseTop:
    """Takes the ``factor`` times budget slices of the highest score, and of these the budget that differ most.

    ``farthest`` is what nnActive calls k-means BALD: every feature divided by its spread, then farthest-first from the
    longest vector on. ``kmeans`` is Zhdanov 2019: clusters weighted by the score, scaled to [0, 1] over the
    candidates; the slice nearest to each centre. ``kmeans++`` draws as k-means++ draws its first centres.

    Args:
        options: the options.
        score: the strategy whose score says which slices are the top.

    Raises:
        AlsegError: it has no score.
    """

    def __init__(self, options: DiverseTopOptions, *, score: Strategy | None) -> None:
        self.options = options
        self._scoring = require_score(score, owner=NAME, option="score", name=options.score)

    def select(self, query: Query) -> Selection:
        """Choose among the slices of the highest score those that differ most."""
        vectors = vectors_of(query, self.options, label=f"strategy {NAME!r}")

        def choose(candidates: Indices, count: int) -> Choice:
            scores = self._scoring.score_slices(query, candidates)
            top = np.sort(rank(scores)[: math.ceil(self.options.factor * count)])
            rows = self._different(vectors[candidates[top]], scaled(scores)[top], count, query.rng)
            return candidates[top[rows]], scores[top[rows]]

        return select_in_tiers(query, choose)

    def _different(self, vectors: Vectors, weights: np.ndarray, count: int, rng: np.random.Generator) -> Indices:
        if self.options.method == "kmeans":
            return nearest_to_centres(vectors, count, rng, weights if weights.any() else None)
        if self.options.method == "kmeans++":
            return squared_distance_sample(vectors, count, rng)
        alike = vectors / (vectors.std(axis=0) + 1e-6)
        first = np.linalg.norm(alike, axis=1).argmax(keepdims=True)
        left = np.delete(np.arange(len(alike)), first)
        return np.concatenate([first, FarthestFirst(alike, first).take(left, count - 1)[0]])
