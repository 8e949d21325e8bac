"""Which files the reading of one takes: the data may lie in other files than the header that is named."""

import re
from collections.abc import Iterator
from pathlib import Path

from alseg_datasets.images import is_nifti

_HEADERS = {
    ".mhd": re.compile(rb"^ElementDataFile\s*[=:]\s*(.*)$", re.MULTILINE),
    ".mha": re.compile(rb"^ElementDataFile\s*[=:]\s*(.*)$", re.MULTILINE),
    ".nhdr": re.compile(rb"^data ?file:\s*(.*)$", re.MULTILINE | re.IGNORECASE),
    ".nrrd": re.compile(rb"^data ?file:\s*(.*)$", re.MULTILINE | re.IGNORECASE),
}
_LONGEST_HEADER = 2**20
_WITHIN = {"LOCAL", ""}


def files_of(path: Path) -> tuple[Path, ...]:
    """All files that are read where ``path`` is: a folder's files, a header and the files of its data, or it alone.

    Raises:
        AlsegError: the other file of an ``.hdr/.img`` pair is missing.
    """
    if path.is_dir():
        return tuple(sorted(file for file in path.iterdir() if file.is_file()))
    if is_nifti(path):
        from alseg_datasets.nifti import files_of_pair

        return files_of_pair(path)
    return (path, *(path.parent / name for name in _data_files(path)))


def _data_files(path: Path) -> Iterator[str]:
    """The names in an MHD or NRRD header: one, a list on the lines that follow, or a pattern with first, last, step."""
    pattern = _HEADERS.get(path.suffix.lower())
    if pattern is None or not path.is_file():
        return
    with path.open("rb") as stream:
        header = stream.read(_LONGEST_HEADER)
    found = pattern.search(header)
    if found is None or b"\0" in header[: found.start()]:
        return
    value = found[1].decode(errors="surrogateescape").strip()
    if value.upper() in _WITHIN:
        return
    if value.split()[0] == "LIST":
        names = header[found.end() :].decode(errors="surrogateescape").splitlines()
        yield from (name.strip() for name in names if name.strip())
    elif "%" in value:
        form, first, last, step = (*value.split()[:3], *(value.split()[3:4] or ["1"]))
        yield from (form % number for number in range(int(first), int(last) + 1, int(step)))
    else:
        yield value
