"""Strategies that are made of other strategies' scores."""

from alcore import AlsegError, ScoringStrategy, Strategy


def require_score(strategy: Strategy | None, *, owner: str, option: str, name: str) -> ScoringStrategy:
    """Return ``strategy`` if it scores slices.

    Args:
        strategy: the built component; None where the option says ``none``.
        owner: name of the strategy that has the option.
        option: the option's name.
        name: the option's value.

    Raises:
        AlsegError: it has no score; owner and option are named.
    """
    if isinstance(strategy, ScoringStrategy):
        return strategy
    raise AlsegError(
        f"strategy {owner!r}, option {option!r}: {name!r} has no score per slice",
        hint="choose a strategy that ranks slices, such as 'entropy' or 'distance'",
    )
