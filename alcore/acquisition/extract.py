"""Unpack an archive that came from elsewhere: files and folders within the target, nothing else."""

import bz2
import gzip
import lzma
import os
import shutil
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from alcore.errors import AlsegError
from alcore.files import disk_errors

Progress = Callable[[int, int], None]
"""Called with (bytes of the archive read, bytes in all)."""

_COMPRESSED: dict[bytes, Callable[[BinaryIO], Any]] = {
    b"\x1f\x8b": lambda raw: gzip.GzipFile(fileobj=raw),
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\x00": lzma.LZMAFile,
}
"""How a file begins, and what unpacks it; any other is taken for a plain tar archive."""

_PIECE = 1 << 20
_LONGEST_NAME, _LONGEST_PATH = 255, 1000
_DO_NOT_TRUST = "do not use this archive; nothing of it was kept"


def extract(archive: Path, folder: str, target: Path, progress: Progress = lambda done, total: None) -> None:
    """Unpack ``folder`` of a tar archive, compressed or not, to ``target``; it appears there whole or not at all.

    Only names and contents are taken over: no owners, no permissions, no times.

    Args:
        archive: the archive.
        folder: the folder in the archive.
        target: where its content is to be; must not exist.
        progress: told as the archive is read.

    Raises:
        AlsegError: the archive is truncated, damaged or no tar archive, holds a link, a device, a sparse file, or a
            path that leaves the target, or lacks ``folder``; or the disk is full.
    """
    scratch = target.with_name(f".{target.name}.partial")
    shutil.rmtree(scratch, ignore_errors=True)
    try:
        with _opened(archive) as raw, disk_errors(target):
            scratch.mkdir(parents=True)
            _extract_all(archive, raw, scratch, progress)
            unpacked = scratch / folder
            if not unpacked.is_dir():
                raise AlsegError(f"{archive} has no folder {folder}")
            unpacked.replace(target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _extract_all(archive: Path, raw: BinaryIO, folder: Path, progress: Progress) -> None:
    total = os.fstat(raw.fileno()).st_size
    content = _Content(raw)
    with tarfile.TarFile(fileobj=content) as tar:  # type: ignore[arg-type]
        while (member := tar.next()) is not None:
            check_member(member, archive)
            if not _is_hidden(member.name):
                _write(tar, member, archive, folder)
            # Records of millions of members would fill the memory.
            tar.members.clear()  # type: ignore[attr-defined]
            progress(raw.tell(), total)
        # tarfile takes a damaged header for the end. At the true end is a block of zeros, and then a checksum.
        if content.last != bytes(tarfile.BLOCKSIZE):
            raise tarfile.ReadError("its end is missing, or a header within it is damaged")
        while content.read(_PIECE):
            progress(raw.tell(), total)


def _write(tar: tarfile.TarFile, member: tarfile.TarInfo, archive: Path, folder: Path) -> None:
    path = folder / member.name
    free = shutil.disk_usage(folder).free
    if member.size > free:
        raise AlsegError(
            f"{folder.parent} has {free / 1e9:.1f} GB free; {archive} has a file of {member.size / 1e9:.1f} GB",
            hint="free some space or name another folder",
        )
    try:
        if member.isdir():
            path.mkdir(parents=True, exist_ok=True)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        source = tar.extractfile(member)
        assert source is not None  # of a file it never is
        with source, path.open("wb") as file:
            shutil.copyfileobj(source, file)
    except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
        raise AlsegError(
            f"{archive} has the member {member.name!r} as a file and as a folder", hint=_DO_NOT_TRUST
        ) from error


class _Content:
    """What an archive holds when it is decompressed, as much of a file as tarfile needs.

    Whatever is wrong with the compressed bytes is a :class:`tarfile.ReadError`, which cannot be taken for an error of
    the disk that is written to. A header that claims more than any header has is refused before it is read.
    """

    def __init__(self, raw: BinaryIO) -> None:
        start = raw.read(max(map(len, _COMPRESSED)))
        raw.seek(0)
        unpack = next((unpack for magic, unpack in _COMPRESSED.items() if start.startswith(magic)), None)
        self._stream = unpack(raw) if unpack else raw
        self.mode, self.name = "rb", None
        self.last = b""
        """What was read last."""

    def read(self, size: int) -> bytes:
        if not 0 <= size <= _PIECE:
            raise tarfile.ReadError(f"a header claims {size} bytes")
        with self._damage():
            self.last = self._stream.read(size)
        return self.last

    def seek(self, position: int) -> None:
        with self._damage():
            self._stream.seek(position)

    def tell(self) -> int:
        return int(self._stream.tell())

    @contextmanager
    def _damage(self) -> Iterator[None]:
        try:
            yield
        except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
            raise tarfile.ReadError(str(error)) from error


def check_member(member: tarfile.TarInfo, archive: Path) -> None:
    """Check that a member is a file or a folder within the archive's own tree.

    Raises:
        AlsegError: it is not.
    """
    name = member.name.replace("\\", "/")
    path = PurePosixPath(name)
    encoded = os.fsencode(name)
    if "\0" in name or len(encoded) > _LONGEST_PATH or any(len(part) > _LONGEST_NAME for part in encoded.split(b"/")):
        raise AlsegError(
            f"{archive} has the member {member.name[:40]!r}, which no file can be called", hint=_DO_NOT_TRUST
        )
    if path.is_absolute() or ".." in path.parts or ":" in "".join(path.parts[:1]):
        raise AlsegError(
            f"{archive} has the member {member.name!r}, which would leave the target folder", hint=_DO_NOT_TRUST
        )
    if not (member.isreg() or member.isdir()) or member.issparse():
        kind = "a link" if member.issym() or member.islnk() else "a device or something else that is no file"
        kind = "a sparse file" if member.issparse() else kind
        raise AlsegError(f"{archive} has the member {member.name!r}, which is {kind}", hint=_DO_NOT_TRUST)


def _is_hidden(name: str) -> bool:
    """The Decathlon's archives hold ``._`` files of the computer they were packed on."""
    return any(part.startswith("._") for part in PurePosixPath(name).parts)


@contextmanager
def _opened(archive: Path) -> Iterator[BinaryIO]:
    """The bytes of an archive; what tarfile raises for a bad one becomes AlsegError."""
    try:
        raw = archive.open("rb")
    except OSError as error:
        raise AlsegError(f"{archive} cannot be read: {error.strerror}") from error
    try:
        with raw:
            yield raw
    except (tarfile.TarError, ValueError, OverflowError, RecursionError, MemoryError) as error:
        raise AlsegError(
            f"{archive} is truncated, damaged or no tar archive: {error}", hint="download it again"
        ) from error
