"""Download a large file: with progress, resumed where it broke off, checked."""

import hashlib
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from alcore.errors import AlsegError
from alcore.files import disk_errors, make_folder, no_follow, write_text

if TYPE_CHECKING:
    import requests

Progress = Callable[[int, int], None]
"""Called with (bytes there, bytes in all); 0 in all while the server does not say."""

ATTEMPTS = 5
_TIMEOUT = (10.0, 60.0)
_PIECE = 1 << 16
_PARTIAL_CONTENT, _RANGE_NOT_SATISFIABLE, _SERVER_ERROR = 206, 416, 500


def download(
    urls: Sequence[str], target: Path, md5: str = "", progress: Progress = lambda done, total: None, pause: float = 1.0
) -> None:
    """Download to ``target``; what an earlier call left in ``target`` + ``.part`` is not downloaded again.

    Args:
        urls: the same file at several places; a place that fails is followed by the next.
        target: where it is to be; it appears there whole and checked, or not at all.
        md5: the checksum that it must have; empty checks nothing.
        progress: told of the bytes.
        pause: seconds before a broken connection is tried again, doubled each time.

    Raises:
        AlsegError: no place gives it, the checksum differs, or the disk is full.
    """
    part = target.with_name(target.name + ".part")
    make_folder(target.parent)
    reasons = []
    for url in urls:
        try:
            _download_patiently(url, part, progress, pause)
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


def _download_patiently(url: str, part: Path, progress: Progress, pause: float) -> None:
    for attempt in range(ATTEMPTS):
        try:
            return _download_once(url, part, progress)
        except _BrokenOffError as error:
            if attempt == ATTEMPTS - 1:
                raise _UnavailableError(str(error)) from error
            time.sleep(pause * 2**attempt)
    return None


def _download_once(url: str, part: Path, progress: Progress) -> None:
    with _request(url, _range_headers(url, part)) as response:
        if response.status_code == _RANGE_NOT_SATISFIABLE:
            part.unlink()  # longer than the file is now, so it is of another one
            raise _BrokenOffError("what had been downloaded does not fit the file any more")
        if response.status_code >= _SERVER_ERROR:
            raise _BrokenOffError(f"the server answers {response.status_code} {response.reason}")
        if not response.ok:
            raise _UnavailableError(f"the server answers {response.status_code} {response.reason}")
        there = part.stat().st_size if response.status_code == _PARTIAL_CONTENT else 0
        if there and not response.headers.get("Content-Range", "").startswith(f"bytes {there}-"):
            part.unlink()
            raise _BrokenOffError("the server went on at another place than it was asked to")
        length = int(response.headers.get("Content-Length", 0))
        total = there + length if length else 0
        _check_space(part, length)
        write_text(_tag_file(part), _tag(url, response))
        with disk_errors(part), open(part, "ab" if there else "wb", opener=no_follow) as stream:
            progress(there, total)
            for piece in _pieces(response):
                stream.write(piece)
                there += len(piece)
                progress(there, total)
    if total and there != total:
        raise _BrokenOffError(f"{there} of {total} bytes arrived")


@contextmanager
def _request(url: str, headers: dict[str, str]) -> Iterator["requests.Response"]:
    import requests

    try:
        response = requests.get(url, headers=headers, stream=True, timeout=_TIMEOUT)
    except requests.exceptions.ConnectionError as error:
        raise _BrokenOffError("the server cannot be reached") from error
    except requests.exceptions.Timeout as error:
        raise _BrokenOffError("the server does not answer") from error
    except (requests.exceptions.RequestException, ValueError) as error:
        raise _UnavailableError(str(error)) from error
    with response:
        yield response


def _pieces(response: "requests.Response") -> Iterator[bytes]:
    import requests

    try:
        yield from response.iter_content(_PIECE)
    except requests.exceptions.RequestException as error:
        raise _BrokenOffError("the connection broke off") from error


def _range_headers(url: str, part: Path) -> dict[str, str]:
    """Ask for the rest, provided that the file is still the one of which a part is there."""
    headers = {"Accept-Encoding": "identity"}
    tag = _tag_file(part)
    if part.exists() and part.stat().st_size and tag.exists():
        source, _, value = tag.read_text(encoding="utf-8").partition("\n")
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


def _check_space(part: Path, needed: int) -> None:
    free = shutil.disk_usage(part.parent).free
    if needed > free:
        raise AlsegError(
            f"{part.parent} has {free / 1e9:.1f} GB free; the download needs {needed / 1e9:.1f} GB more",
            hint="free some space or name another folder",
        )


def md5_of(path: Path) -> str:
    """MD5 checksum of a file in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _check(part: Path, md5: str, url: str) -> None:
    found = md5_of(part) if md5 else ""
    if found != md5.lower():
        part.unlink()
        raise AlsegError(
            f"what {url} gave has the checksum {found}, not {md5}; it was removed",
            hint="download it again, or from another place: --mirror URL",
        )
