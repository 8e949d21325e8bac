"""Unpack an archive that came from elsewhere: files and folders within the target, nothing else."""

import gzip
import shutil
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from alcore.errors import AlsegError
from alcore.files import disk_errors

Progress = Callable[[int, int], None]
"""Called with (bytes of the archive read, bytes in all)."""


def extract(archive: Path, folder: str, target: Path, progress: Progress = lambda done, total: None) -> None:
    """Unpack ``folder`` of a tar archive, compressed or not, to ``target``; it appears there whole or not at all.

    Args:
        archive: the archive.
        folder: the folder in the archive.
        target: where its content is to be; must not exist.
        progress: told as the archive is read.

    Raises:
        AlsegError: the archive is truncated, damaged or no tar archive, holds a link, a device, or a path that leaves
            the target, or lacks ``folder``; or the disk is full.
    """
    scratch = target.with_name(f".{target.name}.partial")
    shutil.rmtree(scratch, ignore_errors=True)
    total = archive.stat().st_size
    try:
        with disk_errors(target):
            scratch.mkdir(parents=True)
            with _readable(archive), archive.open("rb") as raw, tarfile.open(fileobj=raw) as tar:
                # A second check beside this module's own; Python before 3.11.4 has none.
                tar.extraction_filter = getattr(tarfile, "data_filter", lambda member, path: member)
                for member in tar:
                    check_member(member, archive)
                    if not _is_hidden(member.name):
                        tar.extract(member, scratch)
                    progress(raw.tell(), total)
            unpacked = scratch / folder
            if not unpacked.is_dir():
                raise AlsegError(f"{archive} has no folder {folder}")
            unpacked.replace(target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def check_member(member: tarfile.TarInfo, archive: Path) -> None:
    """Check that a member is a file or a folder within the archive's own tree.

    Raises:
        AlsegError: it is not.
    """
    path = PurePosixPath(member.name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in "".join(path.parts[:1]):
        raise AlsegError(
            f"{archive} has the member {member.name!r}, which would leave the target folder", hint=_DO_NOT_TRUST
        )
    if not (member.isreg() or member.isdir()):
        kind = "a link" if member.issym() or member.islnk() else "a device or something else that is no file"
        raise AlsegError(f"{archive} has the member {member.name!r}, which is {kind}", hint=_DO_NOT_TRUST)


_DO_NOT_TRUST = "do not use this archive; nothing of it was kept"


def _is_hidden(name: str) -> bool:
    """The Decathlon's archives hold ``._`` files of the computer they were packed on."""
    return any(part.startswith("._") for part in PurePosixPath(name).parts)


@contextmanager
def _readable(archive: Path) -> Iterator[None]:
    """Turn what a bad archive raises into AlsegError."""
    try:
        yield
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise AlsegError(
            f"{archive} is truncated, damaged or no tar archive: {error}", hint="download it again"
        ) from error
