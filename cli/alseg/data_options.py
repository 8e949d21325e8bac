"""Options that several ``alseg data`` commands share."""

from pathlib import Path

import click

DATA_DIR = click.option(
    "--data-dir",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the stores. Default: ALSEG_DATA_DIR, else the user's data folder.",
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Write JSON.")
