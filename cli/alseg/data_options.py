"""Options that several ``alseg data`` commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

DATA_DIR = click.option(
    "--data-dir",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the stores. Default: ALSEG_DATA_DIR, else the user's data folder.",
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Write JSON.")

_CONVERSION = (
    click.option("--name", help="Name of the store, for runs and tables. Default: the dataset's."),
    click.option("--out", type=click.Path(path_type=Path), help="File to write. Default: NAME.h5 in the data folder."),
    DATA_DIR,
    click.option("--jobs", type=click.IntRange(1), help="Threads that read scans. Default: one per core."),
    click.option(
        "--test-fraction",
        type=click.FloatRange(0, 1, max_open=True),
        default=0.0,
        show_default=True,
        help="Share of the training scans to set aside for testing; no selection ever sees them.",
    ),
    click.option("--allow-empty", is_flag=True, help="Accept scans without any foreground."),
    click.option(
        "--set", "settings", multiple=True, metavar="KEY=VALUE", help="An option of the dataset; may be repeated."
    ),
    click.option(
        "--update", is_flag=True, help="Read only scans that are new or changed; take the others from the store."
    ),
    click.option("--force", is_flag=True, help="Replace a store that is there already."),
    AS_JSON,
)


def conversion_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of a conversion."""
    for option in reversed(_CONVERSION):
        command = option(command)
    return command
