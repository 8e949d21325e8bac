"""What may be read at all: regular files, and no more bytes than disk and memory bear out.

Pipes and devices never end, a sparse file is larger than any disk, and a few kilobytes of zeros, packed, unpack to
gigabytes. Every reader asks here before it takes memory.
"""

import gzip
import stat
import zlib
from io import BytesIO
from pathlib import Path

import psutil

from alcore import AlsegError

try:
    from isal.igzip import open as open_gzip
    from isal.isal_zlib import decompressobj
    from isal.isal_zlib import error as isal_error
except ImportError:  # there is no isal for this kind of processor: the same, slower
    from gzip import open as open_gzip
    from zlib import decompressobj
    from zlib import error as isal_error

_FREELY = 2**30
_MOST_PER_STORED = 50
"""Beyond a gibibyte, images pack to more than a fiftieth; a label map of that size fits below it as uint8."""
_START = 2**12
"""Packed bytes that surely hold the first unpacked ones."""
_PACKED = (b"\x1f\x8b", b"\x78")
_GZIP_OR_ZLIB = 32 + 15
_COPY_AGAIN = "copy or download the file once more"


def check_regular(path: Path) -> int:
    """Check that a path is a regular file, or a link to one, of a believable size; return the bytes it takes on disk.

    Raises:
        AlsegError: it is missing, a pipe, a device, a folder, or a sparse file larger than its content.
    """
    try:
        status = path.stat()
    except FileNotFoundError as error:
        raise AlsegError(f"{path} is missing") from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise AlsegError(f"{path} cannot be read: {reason}") from error
    if not stat.S_ISREG(status.st_mode):
        raise AlsegError(f"{path} is no regular file, but a {_kind(status.st_mode)}")
    stored = min(status.st_size, getattr(status, "st_blocks", status.st_size) * 512)  # holes take nothing
    check_size(path, status.st_size, stored)
    return stored


def check_size(path: Path, size: int, stored: int) -> None:
    """Check, before memory is taken, that a file may have the size that its header tells.

    Args:
        path: the file or folder, for messages.
        size: the bytes that it is to have, unpacked.
        stored: the bytes that it takes on its disk.

    Raises:
        AlsegError: they are more than a gibibyte and more than fifty times the stored ones, or more than free memory.
    """
    if size > max(_FREELY, _MOST_PER_STORED * stored):
        raise AlsegError(
            f"{path} claims {_gib(size)} in a file of {stored} bytes, which no image packs to",
            hint="if it is right, save it in a smaller type, such as uint8, or without compression",
        )
    if size > _FREELY and size > (free := psutil.virtual_memory().available):
        raise AlsegError(f"{path} needs {_gib(size)} of memory, and {_gib(free)} are free")


class Content:
    """What a regular file holds, unpacked if gzip or zlib packed it, and never more of it than is asked for.

    Args:
        path: the file.
        start: where in it begins what is meant.

    Raises:
        AlsegError: it is no regular file, or cannot be read.
    """

    def __init__(self, path: Path, start: int = 0) -> None:
        self.path, self._on_disk = path, check_regular(path)
        try:
            self._stored = path.read_bytes()[start:]
        except OSError as error:
            raise AlsegError(f"{path} cannot be read: {error.strerror}") from error

    def start(self, size: int) -> bytes:
        """The first ``size`` bytes; fewer where it ends before.

        Raises:
            AlsegError: it is damaged.
        """
        return self._unpacked(self._stored[: size + _START], size, whole=False)

    def exactly(self, size: int) -> bytes:
        """All bytes, which must be ``size``.

        Raises:
            AlsegError: they are fewer or more, may not be as many (see :func:`check_size`), or are damaged.
        """
        check_size(self.path, size, self._on_disk)
        content = self._unpacked(self._stored, size + 1, whole=True)
        if len(content) < size:
            raise AlsegError(f"{self.path} is truncated: it has {len(content)} of {size} bytes", hint=_COPY_AGAIN)
        if len(content) > size:
            raise AlsegError(f"{self.path} has more bytes than the {size} that its header tells of")
        return content

    def _unpacked(self, stored: bytes, at_most: int, *, whole: bool) -> bytes:
        if not stored.startswith(_PACKED):
            return stored[:at_most]
        try:
            member = decompressobj(_GZIP_OR_ZLIB)
            content: bytes = member.decompress(stored, at_most)
            if member.eof and member.unused_data.strip(b"\0"):  # several members
                with open_gzip(BytesIO(self._stored)) as members:
                    content = members.read(at_most)
        except (EOFError, gzip.BadGzipFile, zlib.error, isal_error) as error:
            raise AlsegError(f"{self.path} is truncated or damaged: {error}", hint=_COPY_AGAIN) from error
        if whole and not member.eof and len(content) < at_most:
            raise AlsegError(f"{self.path} is truncated: its compressed data end early", hint=_COPY_AGAIN)
        return content


def _kind(mode: int) -> str:
    kinds = {stat.S_IFIFO: "named pipe", stat.S_IFDIR: "folder", stat.S_IFSOCK: "socket"}
    return kinds.get(stat.S_IFMT(mode), "device")


def _gib(size: int) -> str:
    return f"{size / 2**30:.3g} GiB"
