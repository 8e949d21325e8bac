"""``alseg report``."""

from pathlib import Path
from typing import Any

import click
from alseg import AS_JSON, echo, echo_json


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--out", default="report.html", show_default=True, type=click.Path(path_type=Path), help="The page to write."
)
@click.option(
    "--figures", type=click.Path(path_type=Path), help="Also write the figures as PNG and SVG to this folder."
)
@click.option("--metric", help="Metric of the tables and comparisons. Default: dice, or the runs' first one.")
@click.option("--split", type=click.Choice(["validation", "test"]), help="Scans of the tables. Default: validation.")
@click.option("--by", default="strategy", show_default=True, help="What is compared, as in 'alseg results'.")
@AS_JSON
def report(folder: Path, out: Path, as_json: bool, figures: Path | None, **asked: Any) -> None:
    """Write a report on the runs in DIR: one page that works offline.

    DIR is the folder of a benchmark, of runs, or one run.
    """
    from alcore.registry import Registry
    from alseg_results.report.report import write_report

    written = write_report(folder, out, Registry.installed(), figures=figures, **asked)
    if as_json:
        paths = [str(path) for path in written.figures]
        echo_json({"report": str(written.path), "figures": paths, "notices": list(written.notices)})
        return
    for notice in written.notices:
        echo(f"note: {notice}", err=True)
    if written.figures:
        echo(f"wrote {len(written.figures)} figures to {figures}", err=True)
    echo(written.path)
