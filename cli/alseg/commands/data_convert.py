"""``alseg data convert``."""

from pathlib import Path
from typing import Any

import click

from alseg.data_options import conversion_options


@click.command()
@click.argument("dataset")
@click.option("--source", type=click.Path(path_type=Path), help="Folder that holds the dataset's files.")
@conversion_options
def convert(dataset: str, source: Path | None, **flags: Any) -> None:
    """Convert DATASET to a slice store, once; everything after reads only the store."""
    from alcore.registry import Registry
    from alcore.specs import DatasetSpec
    from alseg.show.conversion import ConversionFlags, PlannedConversion

    component = Registry.installed().get(DatasetSpec, dataset)
    PlannedConversion(component, ConversionFlags(**flags)).run(source)
