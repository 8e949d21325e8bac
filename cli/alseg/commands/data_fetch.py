"""``alseg data fetch``."""

from pathlib import Path
from typing import Any

import click

from alseg.data_options import conversion_options
from alseg.terminal import echo


@click.command()
@click.argument("dataset")
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder to unpack to. Default: sources in the data folder.",
)
@click.option("--mirror", default="", metavar="URL", help="The archive, or the folder that holds it.")
@click.option(
    "--archives",
    type=click.Path(path_type=Path),
    help="TOML file with urls and md5 by dataset.",
)
@click.option("--keep-archive", is_flag=True, help="Keep the archive after it has been unpacked.")
@click.option("--no-convert", is_flag=True, help="Only download and unpack.")
@conversion_options
def fetch(
    dataset: str,
    folder: Path | None,
    mirror: str,
    archives: Path | None,
    keep_archive: bool,
    no_convert: bool,
    **flags: Any,
) -> None:
    """Download the official archive of DATASET, check and unpack it, and convert it to a slice store.

    A download that broke off goes on where it stopped.
    """
    from alcore.acquisition.fetch import Place, archive_of
    from alcore.acquisition.fetch import fetch as fetch_archive
    from alcore.registry import Registry
    from alcore.specs import DatasetSpec
    from alcore.store import locate
    from alseg.progress import bytes_progress
    from alseg.show.conversion import ConversionFlags, PlannedConversion

    component = Registry.installed().get(DatasetSpec, dataset)
    archive = archive_of(component, Place(mirror, archives))
    planned = None if no_convert else PlannedConversion(component, ConversionFlags(**flags))
    echo(f"{component.spec.name}: {archive.reference}", err=True)
    echo(f"licence: {archive.licence}", err=True)
    with bytes_progress(component.spec.name) as progress:
        source = fetch_archive(
            archive,
            folder or (flags["data_dir"] or locate.data_dir()) / "sources",
            keep_archive=keep_archive,
            progress=progress,
        )
    echo(f"{source}: the files of {component.spec.name}", err=planned is not None)
    if planned:
        planned.run(source)
