"""Datasets whose official archive can be downloaded."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True)
class SourceArchive:
    """A tar archive with the source of a dataset.

    Args:
        urls: where it is; the first that answers is taken.
        folder: the folder within it that the dataset is read from.
        md5: its MD5 checksum in hexadecimal; empty where nobody published one.
        licence: of the data.
        reference: whom to cite.
    """

    urls: tuple[str, ...]
    folder: str
    md5: str
    licence: str
    reference: str


@runtime_checkable
class HasArchive(Protocol):
    """A dataset that ``alseg data fetch`` can get."""

    def archive(self) -> SourceArchive:
        """The archive that holds the dataset's source."""
        ...
