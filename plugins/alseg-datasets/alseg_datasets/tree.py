"""The image files below a folder."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unicodedata import normalize

from alcore import AlsegError
from alseg_datasets.hidden import is_hidden

SUFFIXES = (".nii.gz", ".nii", ".nrrd", ".nhdr", ".mha", ".mhd", ".png", ".tif", ".tiff", ".jpg", ".jpeg", ".bmp")
_DICOM = (".dcm", ".ima")


@dataclass(frozen=True)
class Tree:
    """What is in a folder.

    Args:
        images: paths of image files and of folders with a DICOM series, relative, with slashes, in composed Unicode.
        unusable: paths that no pattern can name: not UTF-8, or with a brace or a star.
    """

    images: tuple[str, ...]
    unusable: tuple[str, ...]


def read_tree(folder: Path) -> Tree:
    """List the images below ``folder``. Links are followed; what is reached twice is listed once, hidden names never.

    Raises:
        AlsegError: a folder cannot be read.
    """
    found = sorted(normalize("NFC", path) for path in _images(folder, "", set()))
    usable = [path for path in found if path.isprintable() and not set(path) & set("{}*")]
    return Tree(tuple(usable), tuple(sorted(set(found) - set(usable))))


def suffix_of(path: str) -> str:
    """The ending of a path that says an image's format; empty for a folder."""
    lower = path.lower()
    suffix = next((suffix for suffix in SUFFIXES if lower.endswith(suffix)), "")
    return path[len(path) - len(suffix) :]


def _images(folder: Path, prefix: str, seen: set[tuple[int, int]]) -> Iterator[str]:
    place = folder.stat()
    if (place.st_dev, place.st_ino) in seen:
        return
    seen.add((place.st_dev, place.st_ino))
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: (entry.is_symlink(), entry.name))
    except OSError as error:
        raise AlsegError(f"the folder {folder} cannot be read: {error.strerror}") from error
    visible = [entry for entry in entries if not is_hidden(entry.name)]
    if prefix and any(entry.name.lower().endswith(_DICOM) for entry in visible):
        yield prefix.removesuffix("/")
        return
    for entry in visible:
        if entry.is_dir():
            yield from _images(Path(entry.path), f"{prefix}{entry.name}/", seen)
        elif entry.name.lower().endswith(SUFFIXES) and entry.is_file():
            yield prefix + entry.name
