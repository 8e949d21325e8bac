"""Ctrl-C: told from a plugin that raises KeyboardInterrupt by itself, and kept out of what it would break."""

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

    Where it cannot arrive, beside the main thread or where it is ignored, no interrupt is the user's. Where code other
    than Python's handles it, every interrupt may be.
    """
    noted = Interrupted()
    previous = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(previous):
        noted.by_user = previous is None
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


@contextmanager
def interrupts_wait() -> Iterator[None]:
    """Let a Ctrl-C that arrives in this block take effect at its end; also a decorator.

    For libraries that call back from native code: an interrupt that is raised in there is lost, becomes another error,
    or ends the process. A second Ctrl-C does not wait.
    """
    previous = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(previous):
        yield
        return
    waiting: list[tuple[int, FrameType | None]] = []

    def wait(number: int, frame: FrameType | None) -> None:
        if waiting:
            previous(number, frame)
        waiting.append((number, frame))

    signal.signal(signal.SIGINT, wait)
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGINT) is wait:
            signal.signal(signal.SIGINT, previous)
            if waiting:
                previous(*waiting[0])
