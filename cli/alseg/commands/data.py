"""``alseg data``: a group of commands about slice stores."""

import click

from alseg.lazy import LazyGroup

COMMANDS = {
    "convert": ("alseg.commands.data_convert:convert", "Convert a dataset to a slice store."),
    "fetch": ("alseg.commands.data_fetch:fetch", "Download a dataset's official archive and convert it."),
    "info": ("alseg.commands.data_info:info", "Describe a slice store: sizes, classes, intensities, warnings."),
    "init": ("alseg.commands.data_init:initialise", "Describe a folder of one's own scans."),
    "list": ("alseg.commands.data_list:list_stores", "List slice stores."),
    "report": ("alseg.commands.data_report:report", "Describe a store on a page of HTML with pictures."),
    "show": ("alseg.commands.data_show:show", "Draw a scan with the contours of its labels."),
    "verify": ("alseg.commands.data_verify:verify", "Check every slice of a store against its checksums."),
}


@click.group(cls=LazyGroup, lazy=COMMANDS)
def data() -> None:
    """Fetch, convert, list, describe, show and verify datasets and their slice stores."""
