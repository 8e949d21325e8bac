"""A tracker under guard: what it is told is its own copy, and what it does wrong is its own fault."""

import copy
import inspect
from collections.abc import Callable
from typing import Any

from alcore.errors import plugin_fault
from alcore.guards.plugin_code import plugin_code
from alcore.guards.time_limit import answer_within
from alcore.moments import Moments


class GuardedTracker(Moments):
    """Passes every moment on to a tracker.

    Args:
        tracker: the tracker.
        label: the tracker and its distribution, for messages.
        seconds: the longest that it may take for a moment; None for as long as it likes.

    Raises:
        AlsegError: it is no tracker.
    """

    def __init__(self, tracker: Any, label: str, seconds: float | None = None) -> None:
        missing = [name for name in _MOMENTS if not callable(getattr(tracker, name, None))]
        if missing:
            raise plugin_fault(label, f"builds a {type(tracker).__name__} without {missing[0]!r}, no alcore.Moments")
        for name in _MOMENTS:
            setattr(self, name, _passed_on(getattr(tracker, name), f"telling {label} of {name!r}", label, seconds))


_MOMENTS = [name for name, _ in inspect.getmembers(Moments, inspect.isfunction) if not name.startswith("_")]


def _passed_on(moment: Callable[..., None], what: str, label: str, seconds: float | None) -> Callable[..., None]:
    hint = "set tracker_seconds higher, or leave the tracker out"

    def tell(**context: Any) -> None:
        own = {name: value if name == "queried" else copy.deepcopy(value) for name, value in context.items()}
        with plugin_code(label), answer_within(seconds, what, hint=hint):
            moment(**own)

    return tell
