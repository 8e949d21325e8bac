"""What a disk refuses, as errors that the user can act on; and files that are really there."""

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alcore.errors import AlsegError

_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def disk_errors(target: Path) -> Iterator[None]:
    """Turn the operating system's errors while writing ``target`` into AlsegError, also where HDF5 wraps them."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        stated = re.search(r"errno = (\d+)", str(error))
        number = int(stated[1]) if stated else getattr(error, "errno", None)
        if number is None:
            raise
        if number in _NO_SPACE:
            message, hint = f"no space is left on the disk for {target}", "free some space or choose another folder"
        else:
            message, hint = f"{target} cannot be written: {os.strerror(number)}", "choose another folder"
        raise AlsegError(message, hint=hint) from error


def sync(path: Path) -> None:
    """Wait until a file, or a folder's list of files, is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
