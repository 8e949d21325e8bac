"""Tell Ctrl-C from a plugin that raises KeyboardInterrupt by itself."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interrupted:
    """Whether the user has pressed Ctrl-C."""

    def __init__(self) -> None:
        self.by_user = False


@contextmanager
def ctrl_c_noted() -> Iterator[Interrupted]:
    """Note whether SIGINT arrives in this block; what else happens on it stays as it is.

    Beside the main thread, where no signal arrives, every interrupt counts as the user's.
    """
    noted = Interrupted()
    previous = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(previous):
        noted.by_user = True
        yield noted
        return

    def note(number: int, frame: FrameType | None) -> None:
        noted.by_user = True
        previous(number, frame)

    signal.signal(signal.SIGINT, note)
    try:
        yield noted
    finally:
        if signal.getsignal(signal.SIGINT) is note:
            signal.signal(signal.SIGINT, previous)
