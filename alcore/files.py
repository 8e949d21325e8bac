"""Files that are written whole or not at all, never through a link; and what a disk refuses, as one sentence."""

import errno
import io
import os
import re
import secrets
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from alcore.errors import AlsegError
from alcore.interrupts import interrupts_wait

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_ELSEWHERE = "choose another folder"
_REFUSALS = {
    errno.ENOSPC: ("no space is left on the disk for {}", f"free some space or {_ELSEWHERE}"),
    errno.EDQUOT: ("no space is left on the disk for {}: your quota is used up", f"free some space or {_ELSEWHERE}"),
    errno.EFBIG: ("no space is left for {}: the disk or this process (ulimit -f) allows no larger file", _ELSEWHERE),
    errno.EROFS: ("{} cannot be written: the disk is read-only", _ELSEWHERE),
    errno.EACCES: ("{} cannot be written: you have no permission to", _ELSEWHERE),
    errno.EPERM: ("{} cannot be written: you have no permission to", _ELSEWHERE),
    errno.ELOOP: ("{} cannot be written: it is a symbolic link", "remove the link"),
    errno.EIO: ("{} cannot be written: the disk reports a fault", "look after the disk, then run the same again"),
    errno.ESTALE: ("{} cannot be written: the network disk was away", "run the same again when it is back"),
    errno.EMFILE: ("{} cannot be written: this process has too many files open", "raise the limit: ulimit -n"),
}
"""What is said of an error of the operating system, and what can be done about it."""

_BEGINNING = ".tmp-"
_TEMPORARY = re.compile(rf"{re.escape(_BEGINNING)}[0-9a-f]{{8}}-.+")
_SECONDS_TO_ABANDON = 3600.0

_MOST_BYTES = 1 << 28
"""A file that is read as a whole has no more; a sparse one may claim terabytes."""


@contextmanager
def disk_errors(target: Path) -> Iterator[None]:
    """Turn the operating system's errors while writing ``target`` into one sentence each.

    Raises:
        AlsegError: the disk is full, read-only or failing, or the user may not write there.
    """
    try:
        yield
    except OSError as error:
        message, hint = _REFUSALS.get(error.errno or 0, ("{} cannot be written: " + _reason(error), _ELSEWHERE))
        raise AlsegError(message.replace("{}", str(target)), hint=hint) from error


def _reason(error: OSError) -> str:
    return error.strerror or str(error) or type(error).__name__


class PatientFile(io.FileIO):
    """A file that remembers the first error of writing instead of raising it, and drops what comes after.

    HDF5 crashes the interpreter when it has to close a file that it could not write, and torch hides the reason. So
    they never learn of it: who lets them write asks :meth:`check` after each step.
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


def write_atomically(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Let ``write`` fill a new file beside ``path``, bring it to disk and rename it.

    A link in the place of ``path`` is replaced, not followed.

    Raises:
        AlsegError: the disk refuses it; what was there before stays as it was.
    """
    with disk_errors(path), renamed_to(path) as temporary, PatientFile(temporary, "xb") as file:
        try:
            with interrupts_wait():  # torch writes from native code
                write(cast(BinaryIO, file))
        finally:
            file.check()  # before what a library makes of it
        os.fsync(file.fileno())


@contextmanager
def renamed_to(path: Path) -> Iterator[Path]:
    """A free name beside ``path``; the file or folder made there takes the place of ``path``, or an error removes it.

    What a killed process left of the same ``path`` is removed, once nobody has written to it for an hour.
    """
    for other in path.parent.glob(f"{_BEGINNING}*"):
        with suppress(OSError):  # somebody else may be removing it
            if _is_abandoned(other, path):
                _remove(other)
    temporary = path.with_name(f"{_BEGINNING}{secrets.token_hex(4)}-{path.name}")
    try:
        yield temporary
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            _remove(temporary)
        raise
    sync(path.parent)


def _is_abandoned(other: Path, path: Path) -> bool:
    return (
        is_leftover(other)
        and other.name.endswith(f"-{path.name}")
        and time.time() - other.lstat().st_mtime > _SECONDS_TO_ABANDON
    )


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def write_bytes(path: Path, content: bytes) -> None:
    """Write bytes atomically; see :func:`write_atomically`."""
    write_atomically(path, lambda file: file.write(content))


def write_text(path: Path, text: str) -> None:
    """Write text as UTF-8 atomically; see :func:`write_atomically`."""
    write_bytes(path, text.encode("utf-8"))


def no_follow(path: str, flags: int) -> int:
    """Open ``path``, but no link, as the ``opener`` of :func:`open`: for files that grow in their place."""
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), 0o666)


def remove_leftovers(folder: Path) -> None:
    """Remove what killed processes left of atomic writing in ``folder``, of which the caller holds the lock."""
    with disk_errors(folder):
        for path in list(folder.iterdir()):
            if is_leftover(path):
                path.unlink(missing_ok=True)


def is_leftover(path: Path) -> bool:
    """Whether ``path`` is a file of atomic writing that has not got its name yet."""
    return _TEMPORARY.fullmatch(path.name) is not None


def sync(path: Path) -> None:
    """Wait until a file, or a folder's list of files, is on the disk."""
    if os.name == "nt" and path.is_dir():
        return  # Windows has no way to ask that a renaming survive a power loss
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def check_can_be_made(path: Path) -> None:
    """Check, without making it, that the folder ``path`` is there and writable, or can be made.

    Raises:
        AlsegError: it lies below a file, or below a folder that may not be written to.
    """
    with disk_errors(path):
        above = next(folder for folder in (path, *path.absolute().parents) if os.path.lexists(folder))
        if not above.is_dir():
            raise AlsegError(f"cannot make the folder {path}: {above} is no folder", hint="choose another --out")
        if not os.access(above, os.W_OK):
            raise AlsegError(
                f"cannot make the folder {path}: you may not write to {above}", hint="choose another --out"
            )


def make_folder(path: Path) -> None:
    """Make the folder ``path``, and those above it, unless it is there.

    Raises:
        AlsegError: it cannot be made.
    """
    with disk_errors(path):
        path.mkdir(parents=True, exist_ok=True)


def make_own_folder(path: Path) -> None:
    """Make the folder ``path`` in a folder of alseg's, unless it is there; a link to another one is refused.

    Raises:
        AlsegError: it cannot be made, or a link or a file has its place.
    """
    check_no_link(path)
    make_folder(path)


def check_no_link(path: Path) -> None:
    """Check that what alseg writes to in a folder of its own lies there.

    Raises:
        AlsegError: it is a symbolic link.
    """
    if path.is_symlink():
        raise AlsegError(
            f"{path} is a symbolic link, and alseg writes nothing outside of {path.parent}",
            hint="put the folder itself in its place",
        )


def is_mostly_holes(path: Path) -> bool:
    """Whether a file claims more than a gibibyte, and fifty times what it takes on its disk; a missing one does not."""
    try:
        status = path.stat()
    except OSError:
        return False
    stored = getattr(status, "st_blocks", status.st_size) * 512
    return status.st_size > max(2**30, 50 * stored)


def read_bytes(path: Path, *, most: int = _MOST_BYTES) -> bytes:
    """Read a file of at most ``most`` bytes.

    Raises:
        AlsegError: it is missing, no file (a folder, a pipe), larger, or unreadable.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise AlsegError(f"cannot read {path}: it is no file")
        if status.st_size > most:
            raise AlsegError(f"cannot read {path}: it has {status.st_size} bytes, and {most} are the most")
        return path.read_bytes()
    except OSError as error:
        raise AlsegError(f"cannot read {path}: {_reason(error)}") from error


def read_text(path: Path) -> str:
    """Read a text file.

    Raises:
        AlsegError: as :func:`read_bytes`, or it is not UTF-8.
    """
    try:
        return read_bytes(path).decode("utf-8")
    except UnicodeDecodeError as error:
        raise AlsegError(f"{path} is damaged: byte {error.start} is not UTF-8") from error
