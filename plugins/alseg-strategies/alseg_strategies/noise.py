"""Scores made noisy, so that a batch is not many times the same slice. Kirsch et al. 2023."""

import numpy as np

from alcore import AlsegError, Query, Selection, Strategy
from alseg_strategies.committee_options import PowerBaldOptions, SoftrankBaldOptions
from alseg_strategies.noise_options import Kind, NoisyOptions, PowerOptions
from alseg_strategies.ranking import Choice, Indices, Scores, select_in_tiers
from alseg_strategies.scoring import require_score


class Noisy:
    """Draws slices without replacement, with weights that grow with a score: s^beta, exp(beta s) or rank^-beta.

    Drawn by the largest of log weight + Gumbel noise, which is the same. Kirsch et al. 2023, section 3.

    Args:
        options: the options.
        score: the strategy whose score is made noisy.

    Raises:
        AlsegError: it has no score.
    """

    def __init__(
        self, options: NoisyOptions | PowerOptions | PowerBaldOptions | SoftrankBaldOptions, *, score: Strategy | None
    ) -> None:
        self.options = options
        self._scoring = require_score(score, owner="noisy", option="score", name=options.score)

    def select(self, query: Query) -> Selection:
        """Draw slices; their scores are those without the noise.

        Raises:
            AlsegError: the noise is of kind power, and a score is below 0.
        """

        def choose(candidates: Indices, count: int) -> Choice:
            scores = self._scoring.score_slices(query, candidates)
            if self.options.kind == "power" and (scores < 0).any():
                raise AlsegError(
                    f"noise of kind 'power' needs scores of at least 0, but {str(self.options.score)!r} gives "
                    f"{scores.min():.4g}",
                    hint="use strategy noisy with kind=softrank, which looks at the ranking alone",
                )
            order = noisy_order(scores, self.options.kind, self.options.beta, query.rng)
            drawn = query.apart(candidates[order], count)
            return drawn, scores[np.searchsorted(candidates, drawn)]

        return select_in_tiers(query, choose)


def noisy_order(scores: Scores, kind: Kind, beta: float, rng: np.random.Generator) -> Indices:
    """Draw all entries of ``scores`` (n,) without replacement, and return their order.

    Args:
        scores: finite; for kind ``power`` at least 0, where those of 0 come last, in random order.
        kind: weights s^beta (power), exp(beta s) (softmax) or r^-beta (softrank) with r the rank from 1, equal scores
            ranked at random.
        beta: above 0.
        rng: draws the noise.
    """
    if kind == "softrank":
        ranks = np.empty(len(scores))
        ranks[np.lexsort((rng.random(len(scores)), -scores))] = np.arange(1, len(scores) + 1)
        log_weight = -np.log(ranks)
    else:
        with np.errstate(divide="ignore"):
            log_weight = np.log(scores) if kind == "power" else scores
    noise = rng.gumbel(size=len(scores))
    return np.lexsort((-noise, -(beta * log_weight + noise)))
