"""``alseg data report``."""

from pathlib import Path

import click

from alseg.data_options import DATA_DIR
from alseg.terminal import echo


@click.command()
@click.argument("name")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder to write the page to."
)
@click.option("--pictures", type=click.IntRange(0), default=6, show_default=True, help="Scans to draw.")
@DATA_DIR
def report(name: str, out: Path, pictures: int, data_dir: Path | None) -> None:
    """Describe the store NAME on a page of HTML with pictures that needs nothing beside it."""
    from alcore.drawing.page import write_page
    from alcore.store.locate import store_path
    from alseg.progress import progress_of

    with progress_of(f"drawing {name}", "scans") as progress:
        path = write_page(store_path(name, data_dir), out, pictures=pictures, progress=progress)
    echo(path)
