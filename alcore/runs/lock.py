"""One process at a time: the lock of a run's or a benchmark's folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

from alcore.errors import AlsegError

LOCK = ".lock"


@contextmanager
def held(folder: Path, what: str, *, wait: float = 0.0) -> Iterator[None]:
    """Hold ``folder`` for this process.

    Args:
        folder: the folder, which is there.
        what: what is run in it, for the message.
        wait: seconds that are granted to another process which is about to end.

    Raises:
        AlsegError: another process holds it.
    """
    lock = filelock.FileLock(folder / LOCK, timeout=wait)
    try:
        lock.acquire()
    except filelock.Timeout as error:
        raise AlsegError(f"another process is running {what}", hint="wait for it, or stop it") from error
    try:
        yield
    finally:
        lock.release()
