"""Do not wait for a stranger's code for ever."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from alcore.errors import AlsegError

GRACE = 5.0
"""Seconds after a limit until the process ends, for code that cannot be interrupted."""

EXIT_STUCK = 2


LONGEST = threading.TIMEOUT_MAX / 2
"""Seconds of the longest limit that can be set."""


@contextmanager
def answer_within(seconds: float | None, what: str, *, hint: str, grace: float = GRACE) -> Iterator[None]:
    """As :func:`time_limit`, with an error for people; a TimeoutError of the code's own passes through.

    Raises:
        AlsegError: the block takes longer.
    """
    try:
        with time_limit(seconds, what, grace):
            yield
    except TimeoutError as error:
        if seconds is None or str(error) != _told(what, seconds):
            raise
        raise AlsegError(str(error), hint=hint) from error


@contextmanager
def time_limit(seconds: float | None, what: str, grace: float = GRACE) -> Iterator[None]:
    """Raise TimeoutError in this block after ``seconds``; None sets no limit.

    Code that cannot be interrupted (it catches the error, never returns to Python, runs beside the main thread, or on a
    system without interval timers) ends the process ``grace`` seconds later, with a line on stderr.

    Args:
        seconds: how long the block may take.
        what: what takes so long, for both messages, such as ``"importing the plugin 'x' of alseg-x 1.0"``.
        grace: what code has that cleans up after itself.
    """
    if seconds is None:
        yield
        return
    message = _told(what, seconds)
    watchdog = threading.Timer(seconds + grace, _end, (message,))
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


def _told(what: str, seconds: float) -> str:
    return f"{what} takes more than {seconds:g} s"


def _end(message: str) -> None:
    sys.stderr.write(f"error: {message} and cannot be interrupted\n")
    sys.stderr.flush()
    os._exit(EXIT_STUCK)
