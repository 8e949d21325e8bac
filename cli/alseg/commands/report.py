"""``alseg report``."""

import json
from pathlib import Path

import click

from alseg.data_options import AS_JSON


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--out", default="report.html", show_default=True, type=click.Path(path_type=Path), help="The page to write."
)
@click.option(
    "--figures", type=click.Path(path_type=Path), help="Also write the figures as PNG and SVG to this folder."
)
@click.option("--metric", help="Metric of the tables and comparisons. Default: the runs' first one.")
@click.option("--split", type=click.Choice(["validation", "test"]), help="Scans of the tables. Default: validation.")
@AS_JSON
def report(folder: Path, out: Path, figures: Path | None, metric: str | None, split: str | None, as_json: bool) -> None:
    """Write a report on the runs in DIR: one page that works offline.

    DIR is the folder of a benchmark, of runs, or one run.
    """
    from alcore.registry import Registry
    from alcore.report.report import write_report

    written = write_report(folder, out, Registry.installed(), figures=figures, metric=metric, split=split)
    if as_json:
        paths = [str(path) for path in written.figures]
        click.echo(
            json.dumps({"report": str(written.path), "figures": paths, "notices": list(written.notices)}, indent=2)
        )
        return
    for notice in written.notices:
        click.echo(f"note: {notice}", err=True)
    if written.figures:
        click.echo(f"wrote {len(written.figures)} figures to {figures}", err=True)
    click.echo(written.path)
