"""One process at a time: locks that are files."""

import errno
import logging
import os
import stat
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

from alcore.errors import AlsegError
from alcore.files import disk_errors

_log = logging.getLogger(__name__)

LOCK = ".lock"
"""Name of the lock of a folder."""

_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EINVAL, errno.ENOTTY}
"""What disks answer that cannot lock files: NFS without its lock service, Lustre without ``flock``, some FUSE ones."""


@contextmanager
def held(path: Path, doing: str, *, wait: float = 0.0) -> Iterator[None]:
    """Hold the lock ``path`` for this process.

    Where the disk cannot lock files, a file that is there while the lock is held does instead, which is told.

    Args:
        path: the file that is locked; made if need be, and left there.
        doing: what a process does while it holds the lock, for the message: ``running runs/a``.
        wait: seconds that are granted to another process which is about to end.

    Raises:
        AlsegError: another process holds it, or the disk refuses it.
    """
    with disk_errors(path):
        _check_is_file(path)
        lock = _acquired(path, doing, wait)
    try:
        yield
    finally:
        lock.release()


def is_lock(path: Path) -> bool:
    """Whether ``path`` is what :func:`held` makes in a folder."""
    return path.name in (LOCK, _stand_in(path.with_name(LOCK)).name)


def _acquired(path: Path, doing: str, wait: float) -> filelock.BaseFileLock:
    lock: filelock.BaseFileLock = filelock.FileLock(path, timeout=wait)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)  # filelock's, where there is no flock
            lock.acquire()
    except filelock.Timeout as error:
        raise _busy(doing, "wait for it, or stop it") from error
    except (OSError, NotImplementedError, UserWarning) as error:
        if isinstance(error, OSError) and error.errno not in _NO_LOCKS:
            raise
        return _stand_in_acquired(path, doing, wait)
    return lock


def _stand_in_acquired(path: Path, doing: str, wait: float) -> filelock.BaseFileLock:
    """Hold a file that stands for the lock while it is there."""
    file = _stand_in(path)
    lock = filelock.SoftFileLock(file, timeout=wait)
    try:
        lock.acquire()
    except filelock.Timeout as error:
        raise _busy(doing, f"wait for it, or stop it; if there is none, remove {file}") from error
    _log.warning(
        "the disk of %s cannot lock files: %s stands for the lock, and has to be removed if this process is killed",
        path.parent,
        file,
    )
    return lock


def _stand_in(path: Path) -> Path:
    return path.with_name(f"{path.name}.held")


def _busy(doing: str, hint: str) -> AlsegError:
    return AlsegError(f"another process is {doing}", hint=hint)


def _check_is_file(path: Path) -> None:
    """Raise unless ``path`` is a file, or free: a link would be followed to a file of somebody else's."""
    if os.path.lexists(path) and not stat.S_ISREG(path.lstat().st_mode):
        raise AlsegError(f"{path} is no file, but a link or a folder, so it cannot be locked", hint="remove it")
