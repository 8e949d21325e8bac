"""``alseg data convert``."""

import json
import os
from pathlib import Path

import click

from alseg.assignments import parse_assignments
from alseg.data_options import AS_JSON, DATA_DIR


@click.command()
@click.argument("dataset")
@click.option("--source", type=click.Path(path_type=Path), help="Folder that holds the dataset's files.")
@click.option("--name", help="Name of the store, for runs and tables. Default: the dataset's.")
@click.option("--out", type=click.Path(path_type=Path), help="File to write. Default: NAME.h5 in the data folder.")
@DATA_DIR
@click.option("--jobs", type=click.IntRange(1), help="Threads that read scans. Default: one per core.")
@click.option(
    "--test-fraction",
    type=click.FloatRange(0, 1, max_open=True),
    default=0.0,
    show_default=True,
    help="Share of the training scans to set aside for testing; no selection ever sees them.",
)
@click.option("--allow-empty", is_flag=True, help="Accept scans without any foreground.")
@click.option(
    "--set", "assignments", multiple=True, metavar="KEY=VALUE", help="An option of the dataset; may be repeated."
)
@click.option("--update", is_flag=True, help="Read only scans that are new or changed; take the others from the store.")
@click.option("--force", is_flag=True, help="Replace a store that is there already.")
@AS_JSON
def convert(
    dataset: str,
    source: Path | None,
    name: str | None,
    out: Path | None,
    data_dir: Path | None,
    jobs: int | None,
    test_fraction: float,
    allow_empty: bool,
    assignments: tuple[str, ...],
    update: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Convert DATASET to a slice store, once; everything after reads only the store."""
    from alcore.registry import Registry
    from alcore.store.convert import Conversion
    from alcore.store.convert import convert as convert_dataset
    from alcore.store.describe import describe_store
    from alcore.store.locate import store_path
    from alseg.progress import progress_of

    component = Registry.installed().get("dataset", dataset)
    options = component.parse_options(parse_assignments(assignments))
    target = out or store_path(name or component.spec.name, data_dir)
    conversion = Conversion(
        jobs or os.cpu_count() or 1, test_fraction, allow_empty, overwrite=force, update=update, name=name
    )
    with progress_of(f"converting {component.spec.name}", "scans") as progress:
        converted = convert_dataset(component, options, source, target, conversion, progress)
    described = describe_store(target)
    if as_json:
        click.echo(json.dumps(described.as_json(), indent=2))
        return
    synthetic = "synthetic " if described.synthetic else ""
    splits = ", ".join(f"{count} {split}" for split, count in described.scans.items() if count)
    click.echo(f"{target}: {sum(described.slices.values())} {synthetic}slices of {splits} scans")
    if update:
        click.echo(f"{converted.reused} of {sum(described.scans.values())} scans were taken from the earlier store")
    for warning in described.warnings:
        click.echo(f"warning: {warning}", err=True)
