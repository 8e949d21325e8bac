"""Ask a strategy, under guard."""

from alcore.contracts import Strategy
from alcore.engine.device import refusals_explained
from alcore.engine.selection import check_selection
from alcore.errors import AlsegError
from alcore.guards.plugin_code import plugin_code
from alcore.guards.time_limit import time_limit
from alcore.query import Query, Selection


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
    try:
        with refusals_explained("the strategy"), plugin_code(origin), time_limit(seconds, f"a query to {origin}"):
            selection = strategy.select(query)
    except TimeoutError as error:
        if seconds is None:
            raise
        raise AlsegError(str(error), hint="set loop.query_seconds higher, or take another strategy") from error
    except AlsegError as error:
        if error.message.startswith(origin):
            raise
        raise AlsegError(f"{origin}: {error.message}", hint=error.hint) from error
    return check_selection(selection, query, origin)
