"""Get the source of a dataset: download its official archive and unpack it."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from alcore.acquisition.archive import HasArchive, SourceArchive
from alcore.acquisition.download import PATIENCE, Progress, download, md5_of
from alcore.acquisition.extract import extract
from alcore.documents import read_toml
from alcore.errors import AlsegError
from alcore.files import disk_errors, make_folder
from alcore.locks import held
from alcore.registry import Component

_LONGEST_NAME = 200
_TAR = (".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz")


@dataclass(frozen=True)
class Place:
    """Where to get an archive, if not where its dataset says.

    Args:
        mirror: the URL of the archive, or of the folder that holds it under its official name.
        file: a TOML file with a table of ``urls``, ``md5`` and ``folder`` by dataset.
    """

    mirror: str = ""
    file: Path | None = None


def archive_of(component: Component, place: Place = Place()) -> SourceArchive:
    """The archive of a dataset.

    Raises:
        AlsegError: nobody says where it is, or ``place`` cannot be used.
    """
    dataset = component.build(component.parse_options({}))
    if not isinstance(dataset, HasArchive):
        raise AlsegError(
            f"the dataset {component.spec.name!r} cannot be downloaded by alseg",
            hint=f"get it yourself, then: alseg data convert {component.spec.name} --source DIR",
        )
    archive = dataset.archive()
    if place.file:
        archive = _from_file(archive, component.spec.name, place.file)
    if place.mirror:
        mirror = place.mirror
        _check_url(mirror)
        if not urlsplit(mirror).path.endswith(_TAR):
            mirror = f"{mirror.rstrip('/')}/{_file_name(archive.urls[0])}"
        archive = replace(archive, urls=(mirror,))
    for url in archive.urls:
        _check_url(url)
    _file_name(archive.urls[0])
    if not _is_below(archive.folder):
        raise AlsegError(f"{archive.folder!r} is no folder within an archive")
    return archive


def fetch(
    archive: SourceArchive,
    folder: Path,
    *,
    keep_archive: bool = False,
    progress: Callable[[str], Progress] = lambda what: lambda done, total: None,
    pause: float = 1.0,
    patience: float = PATIENCE,
) -> Path:
    """Download and unpack an archive below ``folder``; what is there already is not fetched again.

    Args:
        archive: what to get.
        folder: where its folder is to be; an archive that already lies here is checked and used.
        keep_archive: whether the archive stays beside it.
        progress: given what is going on (``downloading``, ``unpacking``), returns what is told of the bytes.
        pause: see :func:`alcore.acquisition.download.download`.
        patience: see there.

    Returns:
        The folder of the dataset.

    Raises:
        AlsegError: it cannot be had, is not what it should be, or the disk is full.
    """
    target = folder / archive.folder
    file = folder / _file_name(archive.urls[0])
    make_folder(folder)
    with held(folder / f".{file.name}.lock", f"fetching {file} at this moment"):
        if target.is_dir():
            return target
        if os.path.lexists(target):
            raise AlsegError(f"{target} is no folder, so nothing can be unpacked to its place", hint="remove it")
        if not file.is_file():
            download(archive.urls, file, archive.md5, progress("downloading"), pause, patience)
        elif archive.md5 and md5_of(file) != archive.md5.lower():
            raise AlsegError(
                f"{file} has another checksum than {archive.md5}", hint="remove it, and it is downloaded again"
            )
        extract(file, archive.folder, target, progress("unpacking"))
        if not keep_archive:
            with disk_errors(file):
                file.unlink()
    return target


class _Entry(BaseModel):
    """An archive in a file."""

    model_config = ConfigDict(extra="forbid")

    urls: tuple[str, ...] = Field(min_length=1)
    md5: str = Field("", pattern=r"^([0-9a-fA-F]{32})?$")
    folder: str = ""


def _from_file(archive: SourceArchive, name: str, path: Path) -> SourceArchive:
    try:
        entries = TypeAdapter(dict[str, _Entry]).validate_python(read_toml(path))
    except ValidationError as error:
        fault = error.errors()[0]
        raise AlsegError(f"{path}, {'.'.join(map(str, fault['loc']))}: {fault['msg']}") from error
    if name not in entries:
        raise AlsegError(f"{path} has no table {name!r}", hint=f"its tables are: {', '.join(entries)}")
    entry = entries[name]
    return replace(archive, urls=entry.urls, md5=entry.md5, folder=entry.folder or archive.folder)


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or not url.isprintable():
        raise AlsegError(f"{url!r} is no address that begins with https:// or http:// and the name of a server")


def _is_below(folder: str) -> bool:
    """Whether ``folder`` is the path of a folder within another one."""
    path = PurePosixPath(folder)
    return bool(path.parts) and folder.isprintable() and not path.is_absolute() and ".." not in path.parts


def _file_name(url: str) -> str:
    """What the archive is called.

    Raises:
        AlsegError: no file can be called so.
    """
    name = PurePosixPath(urlsplit(url).path).name
    if name in {"", ".."} or len(os.fsencode(name)) > _LONGEST_NAME:
        raise AlsegError(f"{url!r} is the address of no file", hint="it has to end with the name of the archive")
    return name
