"""Patterns of paths, such as ``{patient}/{visit}/T1w.nii.gz``, and the files that they find."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from unicodedata import normalize

from alcore import AlsegError
from alseg_datasets.hidden import is_hidden

IDENTITY = ("patient", "visit", "id")
"""Placeholders that tell scans from each other, in the order in which they make up a scan's id."""

CHANNEL = "channel"

_PIECE = re.compile(r"\{(\w*)\}|(\*)")
_LONGEST = 4096


@dataclass(frozen=True, order=True)
class Key:
    """What a pattern's placeholders stand for in one scan; empty for one that the pattern does not have."""

    patient: str = ""
    visit: str = ""
    id: str = ""

    @property
    def scan(self) -> str:
        """The scan's id: all parts joined by ``_``, but for those that the next one begins with."""
        parts = [part for part in (self.patient, self.visit, self.id) if part]
        kept = [part for part, after in zip(parts, [*parts[1:], ""], strict=True) if not after.startswith(part)]
        return "_".join(kept)


@dataclass(frozen=True)
class Pattern:
    """A path with placeholders: each stands for some text without a slash, the same wherever it recurs; ``*`` for any.

    Args:
        text: relative to the folder that is searched, or absolute.

    Raises:
        ValueError: it is empty, too long, has an unknown placeholder, or none of :data:`IDENTITY`.
    """

    text: str

    def __post_init__(self) -> None:
        if not self.text or len(self.text) > _LONGEST or "\0" in self.text:
            raise ValueError(f"must be a path of 1 to {_LONGEST} characters")
        known = {*IDENTITY, CHANNEL}
        for piece in _PIECE.finditer(self.text):
            if piece[1] is not None and piece[1] not in known:
                raise ValueError(f"has the unknown placeholder {piece[0]}; there are {_listed(known)}")
        if "**" in self.text:
            raise ValueError("has **, which is not known: write a * for each folder")
        if not self.identity:
            raise ValueError(f"must contain {{id}} (or {{patient}} or {{visit}}), not just {self.text!r}")

    @cached_property
    def names(self) -> frozenset[str]:
        """Its placeholders."""
        return frozenset(piece[1] for piece in _PIECE.finditer(self.text) if piece[1])

    @property
    def identity(self) -> frozenset[str]:
        """Its placeholders that tell scans from each other."""
        return self.names & set(IDENTITY)

    def filled(self, key: Key, channel: str = "") -> str:
        """The path of one scan."""
        values = {**{name: getattr(key, name) for name in IDENTITY}, CHANNEL: channel}
        return _PIECE.sub(lambda piece: values[piece[1]] if piece[1] else "*", self.text)

    def find(self, folder: Path) -> Iterator[tuple[Key, str, Path]]:
        """Key, channel (empty where the pattern names none) and path of every file and folder that matches.

        Names are compared in Unicode's composed form, whatever form the disk has. Links are followed; a placeholder
        stands for no hidden name.

        Raises:
            AlsegError: a folder cannot be read.
        """
        path = Path(self.text)
        start, parts = (Path(path.anchor), path.parts[1:]) if path.is_absolute() else (folder, path.parts)
        for bound, found in _matches(start, parts, {}):
            yield Key(**{name: bound.get(name, "") for name in IDENTITY}), bound.get(CHANNEL, ""), found


def _matches(folder: Path, parts: tuple[str, ...], bound: dict[str, str]) -> Iterator[tuple[dict[str, str], Path]]:
    """Files and folders below ``folder`` that match ``parts``, each with what the placeholders stand for."""
    if not parts:
        yield bound, folder
        return
    part, rest = parts[0], parts[1:]
    for further, path in _entries(folder, part, bound):
        if not rest or path.is_dir():
            yield from _matches(path, rest, further)


def _entries(folder: Path, part: str, bound: dict[str, str]) -> Iterator[tuple[dict[str, str], Path]]:
    if not _PIECE.search(part):
        path = locate(folder, part)
        if _exists(path):
            yield bound, path
        return
    regex = re.compile(segment_regex(part, bound))
    for path in _listing(folder):
        match = regex.fullmatch(normalize("NFC", path.name))
        if match and not is_hidden(path.name):
            yield bound | match.groupdict(), path


def locate(folder: Path, path: str) -> Path:
    """The file that ``path`` names, whichever of Unicode's forms the disk has its name in; it need not exist.

    Raises:
        AlsegError: a folder on the way cannot be read.
    """
    found = folder
    for part in Path(path).parts:
        here = found / part
        if not part.isascii() and not _exists(here):
            name = normalize("NFC", part)
            here = next((other for other in _listing(found) if normalize("NFC", other.name) == name), here)
        found = here
    return found


def segment_regex(part: str, bound: Mapping[str, str]) -> str:
    """The regular expression of one part of a path, between slashes.

    Args:
        part: the part.
        bound: what placeholders stand for already.
    """
    part, regex, end, here = normalize("NFC", part), "", 0, set()
    for piece in _PIECE.finditer(part):
        name = piece[1]
        regex += re.escape(part[end : piece.start()])
        if not name:
            regex += ".*"
        elif name in bound:
            regex += re.escape(bound[name])
        else:
            regex += f"(?P={name})" if name in here else f"(?P<{name}>.+)"
            here.add(name)
        end = piece.end()
    return f"(?s:{regex}{re.escape(part[end:])})"


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError as error:
        raise AlsegError(f"{path} cannot be read: {error.strerror}") from error


def _listing(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except (NotADirectoryError, FileNotFoundError):
        return []
    except OSError as error:
        raise AlsegError(f"the folder {folder} cannot be read: {error.strerror}") from error


def _listed(names: set[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in (*IDENTITY, CHANNEL) if name in names)
