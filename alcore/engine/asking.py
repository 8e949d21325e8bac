"""Ask a strategy, under guard."""

from alcore.contracts import Strategy
from alcore.engine.device import refusals_explained
from alcore.engine.selection import check_selection
from alcore.errors import AlsegError
from alcore.guards.plugin_code import plugin_code
from alcore.guards.time_limit import answer_within
from alcore.query import Query, Selection

_MORE = "set loop.query_seconds higher, or take another strategy"


def ask(strategy: Strategy, query: Query, origin: str, seconds: float | None) -> Selection:
    """The strategy's answer to ``query``, once it is known to be one.

    Args:
        strategy: the strategy.
        query: what it is asked.
        origin: the strategy and where it comes from, for messages.
        seconds: the longest that it may take; None for as long as it likes.

    Raises:
        AlsegError: the strategy refuses the query, takes longer, or its answer breaks the contract.
    """
    what = f"a query to {origin}"
    try:
        with refusals_explained("the strategy"), plugin_code(origin), answer_within(seconds, what, hint=_MORE):
            selection = strategy.select(query)
    except AlsegError as error:
        if error.message.startswith((origin, what)):
            raise
        raise AlsegError(f"{origin}: {error.message}", hint=error.hint) from error
    return check_selection(selection, query, origin)
