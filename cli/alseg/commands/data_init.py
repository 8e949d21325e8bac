"""``alseg data init``."""

from pathlib import Path

import click

from alseg.output import echo


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--dataset", default="folder", show_default=True, help="The dataset that is to read the folder.")
def initialise(folder: Path, dataset: str) -> None:
    """Write a first description of FOLDER, with images and labels of one's own, from what is in it.

    It says what was found and what is left out, and writes nothing that does not convert.
    """
    from alcore.api.data import describe_source

    sketch = describe_source(dataset, folder)
    for remark in sketch.remarks:
        echo(remark)
    echo(f"{sketch.path}: check it, then convert with")
    echo(f"  alseg data convert {dataset} --source '{folder}' --name NAME")
