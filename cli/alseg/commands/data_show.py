"""``alseg data show``."""

from pathlib import Path

import click

from alseg.data_options import DATA_DIR
from alseg.output import echo


@click.command()
@click.argument("name")
@click.option("--scan", help="Id of the scan. Default: the first.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="PNG file to write.")
@click.option("--channel", type=click.IntRange(0), default=0, show_default=True, help="Image channel.")
@click.option("--slices", type=click.IntRange(1), default=24, show_default=True, help="Most slices to draw.")
@DATA_DIR
def show(name: str, scan: str | None, out: Path, channel: int, slices: int, data_dir: Path | None) -> None:
    """Draw slices of a scan of the store NAME, with the contours of their labels."""
    from alcore.api.stores import draw_scan

    drawn = draw_scan(name, out, scan=scan, channel=channel, slices=slices, data_dir=data_dir)
    synthetic = "synthetic " if drawn.synthetic else ""
    echo(f"{out}: {synthetic}scan {drawn.scan} of {drawn.dataset}")
