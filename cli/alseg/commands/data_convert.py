"""``alseg data convert``."""

from pathlib import Path
from typing import Any

import click

from alseg.data_options import conversion_options


@click.command()
@click.argument("dataset")
@click.option("--source", type=click.Path(path_type=Path), help="Folder that holds the dataset's files.")
@conversion_options
def convert(dataset: str, source: Path | None, as_json: bool, **flags: Any) -> None:
    """Convert DATASET to a slice store, once; everything after reads only the store."""
    from alcore.api.data import plan_conversion
    from alseg.show.conversion import run_conversion

    run_conversion(plan_conversion(dataset, **flags), source, as_json)
