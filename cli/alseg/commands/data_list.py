"""``alseg data list``."""

from pathlib import Path

import click

from alseg.data_options import AS_JSON, DATA_DIR
from alseg.output import echo, terminal
from alseg.show.json_output import echo_json


@click.command("list")
@DATA_DIR
@AS_JSON
def list_stores(data_dir: Path | None, as_json: bool) -> None:
    """List the slice stores of the data folder; damaged ones are named as such."""
    from alcore.api.stores import data_folder, summaries

    stores = summaries(data_dir)
    if as_json:
        echo_json([store.as_json() for store in stores])
        return
    folder = data_dir or data_folder()
    if not stores:
        echo(f"no slice stores in {folder}")
        return

    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table("name", "dataset", "scans", "slices", "MB", "made by", box=box.SIMPLE_HEAD, pad_edge=False)
    for store in stores:
        if store.error:
            table.add_row(store.name, Text("damaged", style="red"))
        else:
            dataset = f"{store.dataset} (synthetic)" if store.synthetic else store.dataset
            counts = (str(store.scans), str(store.slices), f"{store.n_bytes / 1e6:.0f}")
            table.add_row(*map(Text, (store.name, dataset, *counts, store.plugin)))
    console = terminal()
    console.print(f"slice stores in {folder}")
    console.print(table)
    for store in stores:
        if store.error:
            echo(f"warning: {store.error}", err=True)
