"""Set back what a plugin changes for the whole process: Python's own state, and torch's."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from alcore.guards.python_state import SHARED
from alcore.guards.torch_state import DEFAULTS, set_torch_back, torch_state


@contextmanager
def process_state_kept() -> Iterator[list[str]]:
    """Keep what everybody in this process shares as it was before this block; yields what was set back, in words.

    Kept are Python's own state (see :data:`alcore.guards.python_state.SHARED`) and torch's; where the block imports
    torch, torch's own defaults. Beside the main thread only torch's, for there nobody knows whose change it was.
    """
    undone: list[str] = []
    shared = SHARED if threading.current_thread() is threading.main_thread() else ()
    before = [each.read() for each in shared]
    torch_before = torch_state() or DEFAULTS
    try:
        yield undone
    finally:
        for each, value in zip(shared, before, strict=True):
            if each.read() != value and (told := each.set_back(value)):
                undone.append(told)
        undone += set_torch_back(torch_before)
