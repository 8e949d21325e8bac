"""``alseg data fetch``."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alseg.data_options import conversion_options
from alseg.output import echo

if TYPE_CHECKING:
    from alcore import SourceArchive


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
    data_dir: Path | None,
    as_json: bool,
    **flags: Any,
) -> None:
    """Download the official archive of DATASET, check and unpack it, and convert it to a slice store.

    A download that broke off goes on where it stopped.
    """
    from alcore.api.data import fetch as fetch_source
    from alcore.api.data import plan_conversion
    from alseg.progress import bytes_progress
    from alseg.show.conversion import run_conversion

    planned = None if no_convert else plan_conversion(dataset, data_dir=data_dir, **flags)
    with bytes_progress(dataset) as progress:
        source = fetch_source(
            dataset,
            to=folder,
            mirror=mirror,
            archives=archives,
            keep_archive=keep_archive,
            data_dir=data_dir,
            told=lambda archive: _tell(dataset, archive),
            progress=progress,
        )
    echo(f"{source}: the files of {dataset}", err=planned is not None)
    if planned:
        run_conversion(planned, source, as_json)


def _tell(dataset: str, archive: "SourceArchive") -> None:
    echo(f"{dataset}: {archive.reference}", err=True)
    echo(f"licence: {archive.licence}", err=True)
