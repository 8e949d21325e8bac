"""How many seeds it would take to see a difference."""

import math

from statsmodels.stats.power import TTestPower

ALPHA, POWER = 0.05, 0.8
LARGEST_EFFECT = 30.0
"""Beyond it two pairs suffice, and the noncentral t distribution cannot be computed."""

MOST_TRIED = 30


def seeds_needed(difference: float, std: float) -> int:
    """Pairs of runs that a paired two-sided t-test at 5 % needs to see ``difference`` with a power of 80 %.

    Args:
        difference: the true mean difference.
        std: standard deviation of paired differences.

    Returns:
        At least 2, the fewest that have a t-test.
    """
    effect = LARGEST_EFFECT if std == 0 else min(LARGEST_EFFECT, abs(difference) / std)
    # solve_power does not converge where two or three pairs suffice, so small numbers are tried one by one.
    for pairs in range(2, MOST_TRIED):
        if TTestPower().power(effect, pairs, ALPHA) >= POWER:
            return pairs
    return math.ceil(float(TTestPower().solve_power(effect, alpha=ALPHA, power=POWER)))
