"""Do not wait for a stranger's code for ever."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

GRACE = 5.0
"""Seconds after a limit until the process ends, for code that cannot be interrupted."""

EXIT_STUCK = 2


@contextmanager
def time_limit(seconds: float | None, what: str) -> Iterator[None]:
    """Raise TimeoutError in this block after ``seconds``; None sets no limit.

    Code that cannot be interrupted (it catches the error, never returns to Python, runs beside the main thread, or on a
    system without interval timers) ends the process :data:`GRACE` seconds later, with a line on stderr.

    Args:
        seconds: how long the block may take.
        what: what takes so long, for both messages, such as ``"importing the plugin 'x' of alseg-x 1.0"``.
    """
    if seconds is None:
        yield
        return
    message = f"{what} takes more than {seconds:g} s"
    watchdog = threading.Timer(seconds + GRACE, _end, (message,))
    watchdog.daemon = True
    watchdog.start()
    try:
        with interrupted_after(seconds, message):
            yield
    finally:
        watchdog.cancel()


@contextmanager
def interrupted_after(seconds: float, message: str) -> Iterator[None]:
    """Raise TimeoutError in this block after ``seconds``, where that can be done: on the main thread, with timers."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError(message)

    previous = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def _end(message: str) -> None:
    sys.stderr.write(f"error: {message} and cannot be interrupted\n")
    sys.stderr.flush()
    os._exit(EXIT_STUCK)
