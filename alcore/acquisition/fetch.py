"""Get the source of a dataset: download its official archive and unpack it."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from alcore.acquisition.archive import HasArchive, SourceArchive
from alcore.acquisition.download import Progress, download, md5_of
from alcore.acquisition.extract import extract
from alcore.errors import AlsegError
from alcore.files import disk_errors, make_folder
from alcore.locks import held
from alcore.registry import Component

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
        if not urlsplit(mirror).path.endswith(_TAR):
            mirror = f"{mirror.rstrip('/')}/{_file_name(archive.urls[0])}"
        archive = replace(archive, urls=(mirror,))
    for url in archive.urls:
        if urlsplit(url).scheme not in {"http", "https"}:
            raise AlsegError(f"{url!r} is no address that begins with https:// or http://")
    return archive


def fetch(
    archive: SourceArchive,
    folder: Path,
    *,
    keep_archive: bool = False,
    progress: Callable[[str], Progress] = lambda what: lambda done, total: None,
    pause: float = 1.0,
) -> Path:
    """Download and unpack an archive below ``folder``; what is there already is not fetched again.

    Args:
        archive: what to get.
        folder: where its folder is to be; an archive that already lies here is checked and used.
        keep_archive: whether the archive stays beside it.
        progress: given what is going on (``downloading``, ``unpacking``), returns what is told of the bytes.
        pause: see :func:`alcore.acquisition.download.download`.

    Returns:
        The folder of the dataset.

    Raises:
        AlsegError: it cannot be had, is not what it should be, or the disk is full.
    """
    target = folder / archive.folder
    file = folder / _file_name(archive.urls[0])
    make_folder(folder)
    with held(folder / f".{file.name}.lock", f"fetching {file} at this moment"):
        if target.exists():
            return target
        if not file.exists():
            download(archive.urls, file, archive.md5, progress("downloading"), pause)
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
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        entries = TypeAdapter(dict[str, _Entry]).validate_python(content)
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise AlsegError(f"{path} cannot be read as TOML: {error}") from error
    except ValidationError as error:
        fault = error.errors()[0]
        raise AlsegError(f"{path}, {'.'.join(map(str, fault['loc']))}: {fault['msg']}") from error
    if name not in entries:
        raise AlsegError(f"{path} has no table {name!r}", hint=f"its tables are: {', '.join(entries)}")
    entry = entries[name]
    return replace(archive, urls=entry.urls, md5=entry.md5, folder=entry.folder or archive.folder)


def _file_name(url: str) -> str:
    return PurePosixPath(urlsplit(url).path).name
