"""Block selection: annotate the ends of blocks and interpolate between them."""

from math import cos, pi

import numpy as np

from alcore import Fill, Interpolator, Query, ScoringStrategy, Selection, Strategy
from alseg_strategies.blocks import Priorities, choose_blocks
from alseg_strategies.options import StridedOptions
from alseg_strategies.ranking import Indices, Scores
from alseg_strategies.sampling import Random
from alseg_strategies.scoring import require_score


class Strided:
    """Strided block selection: the first and last slice of blocks are annotated, what lies between is interpolated.

    Which blocks may be chosen follows from the status of the pool's slices alone, see
    :func:`alseg_strategies.blocks.choose_blocks`. Burmeister et al. 2022, section 3 and appendix A.

    Args:
        options: the options.
        selection: random sampling, or a strategy with a score per slice.
        interpolator: fills the blocks; None leaves their inner slices unlabelled.

    Raises:
        AlsegError: ``selection`` neither is random sampling nor scores slices.
    """

    def __init__(
        self, options: StridedOptions, *, selection: Strategy | None, interpolator: Interpolator | None
    ) -> None:
        self.options = options
        self._interpolator = interpolator
        self._scoring = (
            None
            if isinstance(selection, Random)
            else require_score(selection, owner="strided", option="selection", name=options.selection)
        )

    def select(self, query: Query) -> Selection:
        """Choose blocks at random, or those with the highest sum of slice scores."""
        if self._scoring is None:
            choice = choose_blocks(query, self.options.block_size, lambda firsts, _: query.rng.random(len(firsts)))
            scores = None
        else:
            choice = choose_blocks(query, self.options.block_size, block_sums(query, self._scoring))
            scores = np.array(choice.scores, np.float64)
        fill = self.fill_of(query.round, query.rounds)
        blocks = () if fill is None else tuple(choice.gaps())
        return Selection(np.array(choice.ends, np.int64), blocks, scores, fill)

    def fill_of(self, round: int, rounds: int) -> Fill | None:
        """How blocks are filled in ``round`` of ``rounds``; None without an interpolator."""
        return None if self._interpolator is None else Fill(self._interpolator, self._weight(round, rounds))

    def _weight(self, round: int, rounds: int) -> float:
        """Weight of pseudo-labels in the loss of ``round`` (from 1) of ``rounds``, in [0, 1]."""
        start, end = self.options.pseudo_label_weight, self.options.pseudo_label_weight_end
        progress = (round - 1) / (rounds - 1) if rounds > 1 else 0.0
        match self.options.pseudo_label_schedule:
            case "fixed":
                return start
            case "linear":
                return start + (end - start) * progress
            case "cosine":
                return end + (start - end) * (1 + cos(pi * progress)) / 2


def block_sums(query: Query, scoring: ScoringStrategy) -> Priorities:
    """Priorities of blocks as the sum of their slices' scores.

    All candidates are scored at once: a score that is scaled over the slices it is asked for means the same in every
    block.
    """
    score = np.full(len(query.scan), np.nan)
    score[query.candidates] = scoring.score_slices(query, query.candidates)

    def priorities(firsts: Indices, size: int) -> Scores:
        total = score[firsts].copy()
        for offset in range(1, size):
            total += score[firsts + offset]
        return total

    return priorities
