"""Where the voxels of a MetaImage or NRRD header lie: in its own file or in one beside it.

Data from elsewhere may name any file of the machine; ITK would read it.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from alcore import AlsegError

_LONGEST_HEADER = 2**20
_FLAGS = re.MULTILINE | re.IGNORECASE


@dataclass(frozen=True)
class _Format:
    """How a header says where its voxels lie and how they are written."""

    name: re.Pattern[bytes]
    packed: re.Pattern[bytes]
    text: re.Pattern[bytes]
    skips: re.Pattern[bytes]


_META = _Format(
    name=re.compile(rb"^[ \t]*ElementDataFile[ \t]*[=:][ \t]*(.*?)[ \t\r]*$", re.MULTILINE),
    packed=re.compile(rb"^[ \t]*CompressedData[ \t]*[=:][ \t]*T", _FLAGS),
    text=re.compile(rb"^[ \t]*BinaryData[ \t]*[=:][ \t]*F", _FLAGS),
    skips=re.compile(rb"^[ \t]*HeaderSize[ \t]*[=:][ \t]*(?!0)\S", _FLAGS),
)
_NRRD = _Format(
    name=re.compile(rb"^[ \t]*data ?file[ \t]*:(?!=)[ \t]*(.*?)[ \t\r]*$", _FLAGS),
    packed=re.compile(rb"^[ \t]*encoding[ \t]*:[ \t]*gz", _FLAGS),
    text=re.compile(rb"^[ \t]*encoding[ \t]*:[ \t]*(?!gz|raw)\S", _FLAGS),
    skips=re.compile(rb"^[ \t]*(line|byte) ?skip[ \t]*:[ \t]*(?!0)\S", _FLAGS),
)
_FORMATS = {"MetaImageIO": _META, "NrrdImageIO": _NRRD}
_END_OF_NRRD_HEADER = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True)
class Voxels:
    """Where voxels lie.

    Args:
        file: the file.
        start: where in it they begin.
        form: as they are in memory, packed by zlib or gzip, or written as text.
    """

    file: Path
    start: int
    form: Literal["raw", "packed", "text"]


def is_header(image_io: str) -> bool:
    """Whether files of a format, by ITK's name of it, may name other files."""
    return image_io in _FORMATS


def find_voxels(path: Path, image_io: str) -> Voxels:
    """Find the voxels of a header.

    Args:
        path: the header.
        image_io: ITK's name of its format.

    Raises:
        AlsegError: it has no usable header, or one that names several files, or one that is missing or elsewhere.
    """
    form = _FORMATS[image_io]
    header, start = _header(path, form)
    names = [name.decode("utf-8", "surrogateescape") for name in form.name.findall(header)]
    written: Literal["raw", "packed", "text"] = "raw"
    if form.text.search(header):
        written = "text"
    elif form.packed.search(header):
        written = "packed"
        if form.skips.search(header):
            raise AlsegError(f"{path} skips bytes before packed voxels, which alseg does not read")
    if form is _META:
        names = [name for name in names if name.upper() != "LOCAL"]
    if not names:
        return Voxels(path, start, written)
    name = names[0]
    if len(names) > 1 or name.upper().startswith("LIST") or "%" in name:
        raise AlsegError(f"{path} spreads its voxels over several files", hint="save the scan in one file")
    return Voxels(beside(path, name), 0, written)


def _header(path: Path, form: _Format) -> tuple[bytes, int]:
    """The lines of a header, and where they end."""
    with path.open("rb") as file:
        start = file.read(_LONGEST_HEADER)
    last = (form.name if form is _META else _END_OF_NRRD_HEADER).search(start)
    if form is _META and not last:
        raise AlsegError(f"{path} has no usable header: it names no ElementDataFile")
    header = start[: last.end()] if last else start
    if len(header) == _LONGEST_HEADER or b"\0" in header or re.search(rb"\r(?!\n|$)", header):
        raise AlsegError(f"{path} has no usable header: it is too long, or holds characters that no text has")
    return header, len(header) + (form is _META)


def beside(header: Path, name: str) -> Path:
    """The file of a name in the folder of a header.

    Raises:
        AlsegError: it lies elsewhere, if only by a link, or is missing.
    """
    data = header.parent / name
    if data.resolve().parent not in {header.parent.resolve(), header.resolve().parent}:
        raise AlsegError(
            f"{header} names the data file {name!r}, which does not lie in the same folder",
            hint="put header and data beside each other, or save the scan in one file",
        )
    if not data.exists():
        raise AlsegError(f"{header} names the data file {name!r}, which is missing")
    return data
