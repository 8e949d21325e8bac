"""Download a large file: with progress, resumed where it broke off, checked."""

import hashlib
import os
import shutil
import stat
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from alcore.errors import AlsegError
from alcore.files import disk_errors, make_folder, no_follow, write_text

if TYPE_CHECKING:
    import requests

_T = TypeVar("_T")

Progress = Callable[[int, int], None]
"""Called with (bytes there, bytes in all); 0 in all while the server does not say."""

ATTEMPTS = 5
SILENT_ATTEMPTS = 2
PATIENCE = 30.0
_PIECE = 1 << 16
_MOST_DIGITS = 18
_PARTIAL_CONTENT, _RANGE_NOT_SATISFIABLE, _SERVER_ERROR = 206, 416, 500


def download(
    urls: Sequence[str],
    target: Path,
    md5: str = "",
    progress: Progress = lambda done, total: None,
    pause: float = 1.0,
    patience: float = PATIENCE,
) -> None:
    """Download to ``target``; what an earlier call left in ``target`` + ``.part`` is not downloaded again.

    Args:
        urls: the same file at several places; a place that fails is followed by the next.
        target: where it is to be; it appears there whole and checked, or not at all.
        md5: the checksum that it must have; empty checks nothing.
        progress: told of the bytes.
        pause: seconds before a broken connection is tried again, doubled each time.
        patience: seconds that the server has for its whole answer before the content, and for each 64 KiB of it.

    Raises:
        AlsegError: no place gives it, the checksum differs, or the disk is full.
    """
    part = target.with_name(target.name + ".part")
    for path in (target, part, _tag_file(part)):
        check_place(path)
    make_folder(target.parent)
    reasons = []
    for url in urls:
        try:
            _download_patiently(url, part, progress, pause, patience)
        except _UnavailableError as error:
            reasons.append(f"{url}: {error}")
            continue
        _check(part, md5, url)
        with disk_errors(target):
            part.replace(target)
            _tag_file(part).unlink(missing_ok=True)
        return
    raise AlsegError(
        f"{target.name} could not be downloaded ({'; '.join(reasons)})",
        hint="the same command goes on where it stopped; --mirror URL names another place",
    )


class _UnavailableError(Exception):
    """This place does not give the file."""


class _BrokenOffError(Exception):
    """The connection broke off; what has arrived is kept."""

    attempts = ATTEMPTS


class _SilentError(_BrokenOffError):
    """The server says nothing, or too little."""

    attempts = SILENT_ATTEMPTS


def _download_patiently(url: str, part: Path, progress: Progress, pause: float, patience: float) -> None:
    for attempt in range(ATTEMPTS):
        try:
            return _download_once(url, part, progress, patience)
        except _BrokenOffError as error:
            if attempt >= error.attempts - 1:
                raise _UnavailableError(str(error)) from error
            time.sleep(pause * 2**attempt)
    return None


def _download_once(url: str, part: Path, progress: Progress, patience: float) -> None:
    headers = _range_headers(url, part)
    with _request(url, headers, patience) as response:
        status = response.status_code
        if status == _RANGE_NOT_SATISFIABLE and "Range" in headers:
            part.unlink()  # longer than the file is now, so it is of another one
            raise _BrokenOffError("what had been downloaded does not fit the file any more")
        if status >= _SERVER_ERROR:
            raise _BrokenOffError(_answer(response))
        if not response.ok:
            raise _UnavailableError(_answer(response))
        if status == _PARTIAL_CONTENT and "Range" not in headers:
            raise _UnavailableError("the server answers with a part of the file, which it was not asked for")
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise _UnavailableError("the server packs the file on the way, which it was not asked for")
        there = part.stat().st_size if response.status_code == _PARTIAL_CONTENT else 0
        if there and not response.headers.get("Content-Range", "").startswith(f"bytes {there}-"):
            part.unlink()
            raise _BrokenOffError("the server went on at another place than it was asked to")
        length = _length(response)
        total = there + length if length else 0
        _check_space(part, length)
        write_text(_tag_file(part), _tag(url, response))
        with disk_errors(part), open(part, "ab" if there else "wb", opener=no_follow) as stream:
            progress(there, total)
            for piece in _pieces(response, patience):
                stream.write(piece)
                there += len(piece)
                progress(there, total)
    if total and there != total:
        raise _BrokenOffError(f"{there} of {total} bytes arrived")


@contextmanager
def _request(url: str, headers: dict[str, str], patience: float) -> Iterator["requests.Response"]:
    import requests

    try:
        response = _within(patience, lambda: requests.get(url, headers=headers, stream=True, timeout=patience))
    except (TimeoutError, requests.exceptions.Timeout) as error:
        raise _SilentError("the server does not answer") from error
    except requests.exceptions.SSLError as error:
        raise _UnavailableError("there is no secure connection to the server: look at its certificate") from error
    except requests.exceptions.ConnectionError as error:
        raise _BrokenOffError("the server cannot be reached, or breaks off without an answer") from error
    except (requests.exceptions.RequestException, ValueError, OverflowError) as error:
        raise _UnavailableError(str(error)) from error
    try:
        yield response
    except (_SilentError, KeyboardInterrupt):
        raise  # a thread still reads from the connection, and to close it would wait for that
    except BaseException:
        response.close()
        raise
    else:
        response.close()


def _pieces(response: "requests.Response", patience: float) -> Iterator[bytes]:
    import requests

    content = response.iter_content(_PIECE)
    try:
        while piece := _within(patience, lambda: next(content, b"")):
            yield piece
    except (TimeoutError, requests.exceptions.Timeout) as error:
        raise _SilentError(f"less than {_PIECE // 1024} KiB arrived in {patience:g} s") from error
    except requests.exceptions.RequestException as error:
        raise _BrokenOffError("the connection broke off") from error


def _within(seconds: float, call: Callable[[], _T]) -> _T:
    """What ``call`` returns; TimeoutError if that takes longer.

    The time limits of sockets are for each single byte, so a server that sends one now and then has no end. The call
    runs in a thread that is left to itself when the time is over, and does not keep the program from ending.
    """
    result: Future[_T] = Future()

    def run() -> None:
        try:
            result.set_result(call())
        except BaseException as error:
            result.set_exception(error)

    threading.Thread(target=run, daemon=True, name="alseg-download").start()
    return result.result(seconds)


def _answer(response: "requests.Response") -> str:
    reason = "".join(letter for letter in response.reason or "" if letter.isprintable())
    return f"the server answers {response.status_code} {reason[:80]}".rstrip()


def _length(response: "requests.Response") -> int:
    """Bytes that are to arrive; 0 where the server does not say."""
    said = response.headers.get("Content-Length", "0")
    if not (said.isascii() and said.isdigit()) or len(said) > _MOST_DIGITS:
        raise _UnavailableError(f"the server says that {said[:40]!r} bytes are to come")
    return int(said)


def _range_headers(url: str, part: Path) -> dict[str, str]:
    """Ask for the rest, provided that the file is still the one of which a part is there."""
    headers = {"Accept-Encoding": "identity"}
    tag = _tag_file(part)
    if part.is_file() and part.stat().st_size and tag.is_file():
        source, _, value = tag.read_bytes().decode(errors="replace").partition("\n")
        if source == url and value:
            headers |= {"Range": f"bytes={part.stat().st_size}-", "If-Range": value}
    return headers


def _tag(url: str, response: "requests.Response") -> str:
    """Where the part comes from, and what tells this state of the file from another."""
    etag = response.headers.get("ETag", "")
    strong = "" if etag.startswith("W/") else etag
    return f"{url}\n{strong or response.headers.get('Last-Modified', '')}"


def _tag_file(part: Path) -> Path:
    return part.with_name(part.name + ".tag")


def check_place(path: Path) -> None:
    """Check that ``path`` is a file or free.

    Raises:
        AlsegError: it is a folder, a link or something else.
    """
    if os.path.lexists(path) and not stat.S_ISREG(path.lstat().st_mode):
        raise AlsegError(f"{path} is no file, so nothing can be downloaded to its place", hint="remove it")


def _check_space(part: Path, needed: int) -> None:
    free = shutil.disk_usage(part.parent).free
    if needed > free:
        raise AlsegError(
            f"{part.parent} has {free / 1e9:.1f} GB free; the download needs {needed / 1e9:.1f} GB more",
            hint="free some space or name another folder",
        )


def md5_of(path: Path) -> str:
    """MD5 checksum of a file in hexadecimal.

    Raises:
        AlsegError: the file cannot be read.
    """
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    except OSError as error:
        raise AlsegError(f"{path} cannot be read: {error.strerror}") from error


def _check(part: Path, md5: str, url: str) -> None:
    found = md5_of(part) if md5 else ""
    if found != md5.lower():
        part.unlink()
        raise AlsegError(
            f"what {url} gave has the checksum {found}, not {md5}; it was removed",
            hint="download it again, or from another place: --mirror URL",
        )
