"""In a terminal, offer to convert a dataset that has no store yet."""

import sys
from pathlib import Path

import click

from alcore.api.configured import ConfiguredRun
from alcore.api.data import plan_conversion
from alseg.output import echo
from alseg.show.conversion import run_conversion


def offer_conversion(configured: ConfiguredRun) -> None:
    """Ask for the source folder and convert, where someone is there to answer; otherwise do nothing."""
    dataset = configured.unconverted_dataset() if sys.stdin.isatty() else None
    if dataset is None:
        return
    echo(f"The dataset {configured.config.dataset!r} has not been converted yet.", err=True)
    source = click.prompt("Folder with its files (empty to stop)", default="", show_default=False, err=True)
    if source:
        run_conversion(plan_conversion(dataset), Path(source), as_json=False)
