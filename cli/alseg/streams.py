"""How the command ends when its output is refused, or when Ctrl-C is pressed again."""

import errno
import os
import signal
import sys
import threading
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING

from alcore import AlsegError
from alseg.failures import EXIT_INTERRUPTED

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

MOMENT = 0.02
"""Seconds after which an interrupt that Python dropped is sent again."""


def check_output(more: str = "") -> None:
    """Write what is left of the standard output, and ``more``; a reader that went away (``| head``) is no error.

    Raises:
        AlsegError: the output cannot be written.
    """
    if sys.stdout is None:
        return
    try:
        sys.stdout.write(more)
        sys.stdout.flush()
    except OSError as error:
        _drop_output()
        if error.errno != errno.EPIPE:
            raise AlsegError(
                f"the standard output cannot be written: {error.strerror}", hint="give it a place with free space"
            ) from error


def _drop_output() -> None:
    """Send what is still to be written nowhere, so that Python does not try once more as it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def end_at_second_interrupt() -> None:
    """Let the first Ctrl-C stop the command in order, and the second one end the process at once."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # who started it may want it ignored
        signal.signal(signal.SIGINT, _stop_in_order)
        sys.unraisablehook = partial(_interrupt_again, sys.unraisablehook)


def end_at_next_interrupt() -> None:
    """Let Ctrl-C end the process at once: the command is over."""
    if signal.getsignal(signal.SIGINT) is _stop_in_order:
        signal.signal(signal.SIGINT, _end_at_once)


def _stop_in_order(_number: int, _frame: FrameType | None) -> None:
    signal.signal(signal.SIGINT, _end_at_once)
    raise KeyboardInterrupt


def _end_at_once(_number: int, _frame: FrameType | None) -> None:
    os._exit(EXIT_INTERRUPTED)


def _interrupt_again(others: Callable[["UnraisableHookArgs"], object], lost: "UnraisableHookArgs") -> None:
    """Send the signal once more where Python had to drop the interrupt: while an object, a file of h5py say, is freed.

    It is sent a moment later by a thread, since nothing that is raised in here gets out either.
    """
    if isinstance(lost.exc_value, KeyboardInterrupt) and signal.getsignal(signal.SIGINT) is _end_at_once:
        signal.signal(signal.SIGINT, _stop_in_order)
        threading.Timer(MOMENT, signal.pthread_kill, [threading.main_thread().ident, signal.SIGINT]).start()
    else:
        others(lost)
