"""Whether two strategies are practically equal: the Bayesian signed-rank test with a margin."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

PRIOR = 0.5
"""Weight of one made-up difference of 0 among the measured ones, each of weight 1."""

SAMPLES = 20_000
_AT_ONCE = 2_000


class Probabilities(NamedTuple):
    """Of the mean rank of differences: below the margin, within it, above it; they add up to 1."""

    below: float
    within: float
    above: float


def signed_rank_probabilities(differences: NDArray[np.float64], margin: float) -> Probabilities:
    """The probabilities that differences are typically below ``-margin``, within the margin, or above it.

    Benavoli et al. 2017, "Time for a change: a tutorial for comparing multiple classifiers through Bayesian analysis",
    Journal of Machine Learning Research 18, section 4.2: the weights of the differences, and of one of 0, are drawn
    from a Dirichlet distribution; in each draw the region wins that holds the most weight of means of two differences.

    Args:
        differences: (n,), one per pair of runs, or per dataset.
        margin: above 0, in the unit of the differences.
    """
    z = np.append(0.0, differences)
    means = z[:, None] + z[None, :]
    above, below = (_share(sign * means, 2 * margin) for sign in (1.0, -1.0))
    rng, prior = np.random.default_rng(0), np.append(PRIOR, np.ones(len(differences)))
    wins = np.zeros(3)
    for _ in range(SAMPLES // _AT_ONCE):
        weights = rng.dirichlet(prior, _AT_ONCE)
        left, right = (((weights @ region) * weights).sum(axis=1) for region in (below, above))
        wins += np.bincount(np.argmax([left, 1 - left - right, right], axis=0), minlength=3)
    return Probabilities(*(wins / SAMPLES).tolist())


def _share(values: NDArray[np.float64], bound: float) -> NDArray[np.float64]:
    """1 above the bound, a half on it, else 0."""
    return np.asarray((values > bound) + 0.5 * (values == bound))
