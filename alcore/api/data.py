"""Datasets from Python and by the command line: fetch, describe, convert and open them."""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alcore.api.assignments import parse_assignments
from alcore.registry import Component, Registry
from alcore.specs import DatasetSpec, Options
from alcore.store.locate import data_dir as data_folder
from alcore.store.locate import store_path

if TYPE_CHECKING:
    from alcore.acquisition.archive import SourceArchive
    from alcore.conversion.convert import Conversion, Converted
    from alcore.scans import SourceSketch
    from alcore.store.reader import SliceStore

Progress = Callable[[int, int], None]
"""Called with (done, in all)."""


def open_store(name: Path | str, *, options: Mapping[str, Any] | None = None) -> "SliceStore":
    """Open the slice store of a dataset, by its name or path; an embedded dataset is converted on first use.

    Args:
        name: a dataset's name, a store's name, or the path of a store.
        options: options of an embedded dataset, such as ``{"scans": 6}`` for ``phantom``.

    Raises:
        AlsegError: there is no such store, or it is damaged; the hint says how to make one.
    """
    from alcore.conversion.ensure import ensure_store
    from alcore.store.reader import SliceStore

    return SliceStore.open(ensure_store(str(name), Registry.installed(), options=options))


def convert(
    dataset: str,
    source: Path | str | None = None,
    *,
    name: str | None = None,
    out: Path | str | None = None,
    test_fraction: float = 0.0,
    allow_empty: bool = False,
    update: bool = False,
    force: bool = False,
    jobs: int | None = None,
    options: Mapping[str, Any] | None = None,
    progress: Progress = lambda done, total: None,
) -> "SliceStore":
    """Convert a dataset to a slice store, as ``alseg data convert`` does, and open it.

    Args:
        dataset: name of the dataset, such as ``hippocampus``, or ``folder`` for scans of one's own.
        source: folder that holds its files; None for an embedded dataset.
        name: name of the store; the dataset's by default.
        out: file to write; ``NAME.h5`` in the data folder by default.
        test_fraction: share of the training scans that is set aside for testing, in [0, 1).
        allow_empty: accept scans without any foreground.
        update: read only scans that are new or changed; take the others from the store that is there.
        force: replace a store that is there already.
        jobs: threads that read scans; one per core by default.
        options: options of the dataset.
        progress: told of scans done and scans in all.

    Raises:
        AlsegError: a file is missing or damaged, or the store is there already; nothing half-written is left.
    """
    from alcore.store.reader import SliceStore

    planned = plan_conversion(
        dataset,
        name=name,
        out=None if out is None else Path(out),
        test_fraction=test_fraction,
        allow_empty=allow_empty,
        update=update,
        force=force,
        jobs=jobs,
        options=options,
    )
    planned.run(None if source is None else Path(source), progress)
    return SliceStore.open(planned.target)


@dataclass(frozen=True)
class PlannedConversion:
    """A conversion whose options have been checked, and for which there is room.

    Args:
        component: the dataset.
        options: its options.
        target: the file to write.
        conversion: how to convert.
    """

    component: Component[DatasetSpec]
    options: Options
    target: Path
    conversion: "Conversion"

    def run(self, source: Path | None, progress: Progress = lambda done, total: None) -> "Converted":
        """Convert.

        Raises:
            AlsegError: a file is missing or damaged; nothing half-written is left.
        """
        from alcore.conversion.convert import convert as convert_dataset

        return convert_dataset(self.component, self.options, source, self.target, self.conversion, progress)


def plan_conversion(
    dataset: str,
    *,
    name: str | None = None,
    out: Path | None = None,
    data_dir: Path | None = None,
    test_fraction: float = 0.0,
    allow_empty: bool = False,
    update: bool = False,
    force: bool = False,
    jobs: int | None = None,
    options: Mapping[str, Any] | None = None,
    settings: Iterable[str] = (),
) -> PlannedConversion:
    """Check what can be checked before a source is read; the arguments are those of :func:`convert`, and these.

    Args:
        dataset: name of the dataset.
        name: name of the store.
        out: file to write.
        data_dir: folder of the stores.
        test_fraction: share of the training scans that is set aside for testing.
        allow_empty: accept scans without any foreground.
        update: read only scans that are new or changed.
        force: replace a store that is there already.
        jobs: threads that read scans.
        options: options of the dataset.
        settings: further options as texts: ``noise=0.1``.

    Raises:
        AlsegError: there is no such dataset, an option is unknown or out of bounds, or a store is in the way.
    """
    from alcore.conversion.convert import Conversion
    from alcore.store.writer import check_free

    component = Registry.installed().get(DatasetSpec, dataset)
    chosen = component.parse_options({**(options or {}), **parse_assignments(settings, section="dataset")})
    target = out or store_path(name or component.spec.name, data_dir)
    check_free(target, force or update)
    jobs = jobs or os.cpu_count() or 1
    conversion = Conversion(jobs, test_fraction, allow_empty, overwrite=force, update=update, name=name)
    return PlannedConversion(component, chosen, target, conversion)


def fetch(
    dataset: str,
    *,
    to: Path | None = None,
    mirror: str = "",
    archives: Path | None = None,
    keep_archive: bool = False,
    data_dir: Path | None = None,
    told: "Callable[[SourceArchive], None]" = lambda archive: None,
    progress: Callable[[str], Progress] = lambda step: lambda done, total: None,
) -> Path:
    """Download the official archive of a dataset, check and unpack it, as ``alseg data fetch`` does.

    A download that broke off goes on where it stopped; what is there already is not fetched again.

    Args:
        dataset: name of the dataset.
        to: folder to unpack to; ``sources`` in the data folder by default.
        mirror: the URL of the archive, or of the folder that holds it.
        archives: TOML file with ``urls`` and ``md5`` by dataset.
        keep_archive: keep the archive after it has been unpacked.
        data_dir: folder of the stores.
        told: told where the archive comes from and under which licence, before it is downloaded.
        progress: given what is going on (``downloading``, ``unpacking``), returns what is told of the bytes.

    Returns:
        The folder of the dataset, for :func:`convert`.

    Raises:
        AlsegError: alseg does not know where it is, it cannot be had, or is not what it should be.
    """
    from alcore.acquisition.fetch import Place, archive_of
    from alcore.acquisition.fetch import fetch as fetch_archive

    archive = archive_of(Registry.installed().get(DatasetSpec, dataset), Place(mirror, archives))
    told(archive)
    folder = to or (data_dir or data_folder()) / "sources"
    return fetch_archive(archive, folder, keep_archive=keep_archive, progress=progress)


def describe_source(dataset: str, folder: Path) -> "SourceSketch":
    """Write a first description of a folder of one's own scans, as ``alseg data init`` does, if it converts by it.

    Args:
        dataset: the dataset that is to read the folder, such as ``folder``.
        folder: the folder.

    Raises:
        AlsegError: this dataset needs none, or none that it makes of what it finds converts.
    """
    from alcore.acquisition.source_description import write_description

    return write_description(Registry.installed().get(DatasetSpec, dataset), folder)
