"""``alseg data init``."""

from pathlib import Path

import click


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--dataset", default="folder", show_default=True, help="The dataset that is to read the folder.")
def initialise(folder: Path, dataset: str) -> None:
    """Write a first description of FOLDER, with images and labels of one's own, from what is in it."""
    from alcore.acquisition.source_description import write_description
    from alcore.registry import Registry
    from alcore.specs import DatasetSpec

    path = write_description(Registry.installed().get(DatasetSpec, dataset), folder)
    click.echo(f"{path}: check it, then convert with")
    click.echo(f"  alseg data convert {dataset} --source '{folder}' --name NAME")
