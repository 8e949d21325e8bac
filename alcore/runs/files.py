"""Write a file so that it is either the old one or the new one, whatever happens."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from alcore.errors import AlsegError
from alcore.store.disk import sync


def write_atomically(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Let ``write`` fill a temporary file beside ``path``, bring it to disk and rename it.

    Raises:
        AlsegError: the disk is full or the folder cannot be written to; the old file stays as it was.
    """
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with temporary.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        if os.name != "nt":  # Windows has no way to ask that the renaming itself survive a power loss
            sync(path.parent)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        reason = "the disk is full" if error.errno == errno.ENOSPC else str(error.strerror or error)
        raise AlsegError(f"cannot write {path}: {reason}", hint="what was there before is unchanged") from error
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_text(path: Path, text: str) -> None:
    """Write text atomically."""
    write_atomically(path, lambda file: file.write(text.encode("utf-8")))


def check_can_be_made(path: Path) -> None:
    """Check, without making it, that the folder ``path`` is there and writable, or can be made.

    Raises:
        AlsegError: it lies below a file, or below a folder that may not be written to.
    """
    above = next(folder for folder in (path, *path.absolute().parents) if folder.exists())
    if not above.is_dir() or not os.access(above, os.W_OK):
        raise AlsegError(
            f"cannot make the folder {path}: {above} is no folder that you may write to", hint="choose another --out"
        )


def make_folder(path: Path) -> None:
    """Make the folder ``path``, and those above it, unless it is there.

    Raises:
        AlsegError: it cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AlsegError(f"cannot make the folder {path}: {error.strerror}", hint="choose another --out") from error
