"""What a disk refuses, as errors that the user can act on; and files that are really there."""

import errno
import io
import os
from collections.abc import Iterator
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

    def write(self, data: "ReadableBuffer", /) -> int:
        """Write all of ``data`` while there has been no error."""
        rest = memoryview(data).cast("B")
        size = len(rest)
        try:
            while self.error is None and len(rest):
                rest = rest[super().write(rest) :]
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
