"""``alseg data report``."""

from pathlib import Path

import click

from alseg.data_options import DATA_DIR
from alseg.output import echo


@click.command()
@click.argument("name")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder to write the page to."
)
@click.option("--pictures", type=click.IntRange(0), default=6, show_default=True, help="Scans to draw.")
@DATA_DIR
def report(name: str, out: Path, pictures: int, data_dir: Path | None) -> None:
    """Describe the store NAME on a page of HTML with pictures that needs nothing beside it."""
    from alcore.api.stores import write_store_page
    from alseg.progress import progress_of

    with progress_of(f"drawing {name}", "scans") as progress:
        path = write_store_page(name, out, pictures=pictures, data_dir=data_dir, progress=progress)
    echo(path)
