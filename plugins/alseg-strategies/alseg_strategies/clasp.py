"""Class-stratified, scheduled power entropy (ClaSP PE)."""

import math

import numpy as np
from numpy.typing import NDArray

from alcore import AlsegError, Query, Selection
from alseg_strategies.noise import noisy_order
from alseg_strategies.noise_options import ClaspOptions
from alseg_strategies.ranking import Choice, Indices, Scores, select_in_tiers
from alseg_strategies.uncertainty import shannon_terms


class ClaspPe:
    """Divides a share of the budget among the classes, each with a noisy ranking of its own, and lets noise fade.

    The score of a slice is its mean Shannon entropy per pixel, H; that of class c the mean of H times the probability
    of c. Both get power noise, whose beta grows from query to query. Lueth et al. 2026.
    """

    def __init__(self, options: ClaspOptions) -> None:
        self.options = options

    def select(self, query: Query) -> Selection:
        """Choose by the rankings of the foreground classes and of all classes together, in random order."""
        beta = self.beta(query.round, query.rounds)

        def choose(candidates: Indices, count: int) -> Choice:
            scores = class_scores(query, candidates)
            counts = allocation(count, len(scores) - 1, self.options.ratio, query.rng)
            rankings = [self._ranking(score, query.scan[candidates], beta, query.rng) for score in scores]
            taken = np.zeros(len(candidates), bool)
            chosen: list[int] = []
            by_score: list[float] = []

            def take(number: int, ranking: Indices, wanted: int) -> None:
                some = ranking[~taken[ranking]][:wanted]
                taken[some] = True
                chosen.extend(some.tolist())
                by_score.extend(scores[number][some].tolist())

            for number in query.rng.permutation(len(scores)):
                take(number, rankings[number], int(counts[number]))
            # Where the candidates of a scan are limited, rankings run dry: all classes together fill the budget.
            whole = noisy_order(scores[-1], "power", beta, query.rng)
            for ranking in (rankings[-1], whole):
                take(len(scores) - 1, ranking, count - len(chosen))
            return candidates[chosen], np.array(by_score)

        return select_in_tiers(query, choose)

    def beta(self, round: int, rounds: int) -> float:
        """Beta in the query of ``round`` (from 1) of ``rounds``, 0 where nobody knows how many."""
        if self.options.schedule == "fixed":
            return self.options.beta
        progress = min(1.0, (round - 1) / (rounds or self.options.horizon))
        return float(self.options.beta * (self.options.beta_end / self.options.beta) ** progress)

    def _ranking(self, score: Scores, scan: NDArray[np.int32], beta: float, rng: np.random.Generator) -> Indices:
        order = noisy_order(score, "power", beta, rng)
        if self.options.per_scan is None:
            return order
        by_scan = order[np.argsort(scan[order], kind="stable")]
        first = np.searchsorted(scan[by_scan], scan[by_scan])
        turn = np.empty(len(order), np.int64)
        turn[by_scan] = np.arange(len(order)) - first
        return order[turn[order] < self.options.per_scan]


def class_scores(query: Query, indices: Indices) -> list[Scores]:
    """Return the score of each foreground class, then of all together, each (len(indices),); in float64.

    Raises:
        AlsegError: the model predicts NaN.
    """
    space = query.label_space
    first = space.n_classes - len(space.foreground)
    scores = np.empty((len(space.foreground) + 1, len(indices)))
    for where, probabilities in query.predictor.probabilities(indices):
        p = probabilities.double()
        entropy = shannon_terms(p, space).sum(dim=1, keepdim=True)
        of_classes = (entropy * p[:, first:]).mean(dim=(2, 3))
        scores[:-1, where] = of_classes.T.cpu().numpy()
        scores[-1, where] = entropy.mean(dim=(1, 2, 3)).cpu().numpy()
    if not np.isfinite(scores).all():
        raise AlsegError("the model predicts NaN, so strategy 'clasp-pe' cannot choose by it")
    return list(np.maximum(scores, 0))


def allocation(count: int, n_classes: int, ratio: float, rng: np.random.Generator) -> NDArray[np.int64]:
    """Divide ``count`` slices: (n_classes + 1,), equal parts of the share ``ratio`` for the classes, then the rest.

    What does not divide goes to classes drawn at random.
    """
    # So that a product such as 0.7 * 10 is not rounded down to 6.
    of_classes = math.floor(ratio * count + 1e-9)
    shares = np.full(n_classes + 1, of_classes // n_classes)
    shares[rng.choice(n_classes, of_classes % n_classes, replace=False)] += 1
    shares[-1] = count - of_classes
    return shares
