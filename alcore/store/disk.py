"""What a disk refuses, as errors that the user can act on; and files that are really there."""

import errno
import io
import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from alcore.errors import AlsegError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class PatientFile(io.FileIO):
    """A file that remembers the first error of writing instead of raising it, and drops what comes after.

    HDF5 crashes the interpreter when it has to close a file that it could not write. So it never learns of it:
    who writes through it asks :meth:`check` after each step.
    """

    error: OSError | None = None
    written = 0
    """Bytes written so far."""

    def write(self, data: "ReadableBuffer", /) -> int:
        """Write all of ``data`` while there has been no error."""
        rest = memoryview(data).cast("B")
        size = len(rest)
        try:
            while self.error is None and len(rest):
                rest = rest[super().write(rest) :]
            self.written += size
        except OSError as error:
            self.error = error
        return size

    def truncate(self, size: int | None = None, /) -> int:
        """Set the file's length while there has been no error."""
        try:
            if self.error is None:
                super().truncate(size)
        except OSError as error:
            self.error = error
        return size or self.tell()

    def check(self) -> None:
        """Raise the first error of writing, if there was one."""
        if self.error is not None:
            raise self.error


class EarlySync:
    """Brings a growing file to the disk in the background, so that the last sync has little left to wait for.

    Args:
        file: the file.
        every: bytes between two syncs.
    """

    def __init__(self, file: PatientFile, every: int = 1 << 26) -> None:
        self._file = file
        self._every = every
        self._asked = 0
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="alseg-sync")
        self._under_way: Future[None] | None = None

    def advance(self) -> None:
        """Start a sync if enough has been written since the last one.

        Raises:
            OSError: the sync before failed.
        """
        if self._file.written - self._asked < self._every or (self._under_way and not self._under_way.done()):
            return
        self.finish()
        self._asked = self._file.written
        self._under_way = self._executor.submit(os.fsync, self._file.fileno())

    def finish(self) -> None:
        """Wait for the sync that is under way.

        Raises:
            OSError: it failed.
        """
        under_way, self._under_way = self._under_way, None
        if under_way:
            under_way.result()

    def close(self) -> None:
        """Wait, whatever became of the sync that is under way."""
        self._executor.shutdown()


@contextmanager
def disk_errors(target: Path) -> Iterator[None]:
    """Turn the operating system's errors while writing ``target`` into AlsegError."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_SPACE:
            message, hint = f"no space is left on the disk for {target}", "free some space or choose another folder"
        else:
            message, hint = f"{target} cannot be written: {error.strerror}", "choose another folder"
        raise AlsegError(message, hint=hint) from error


def sync(path: Path) -> None:
    """Wait until a file, or a folder's list of files, is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
