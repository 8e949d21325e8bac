"""In a terminal, offer to convert a dataset that has no store yet."""

import sys
from pathlib import Path

import click

from alcore.errors import AlsegError
from alcore.registry import Registry
from alcore.specs import DatasetSpec
from alcore.store.locate import is_path, store_path
from alseg.terminal import echo


def offer_conversion(name: str, registry: Registry) -> None:
    """Ask for the source folder and convert, where someone is there to answer; otherwise do nothing."""
    if not sys.stdin.isatty() or is_path(name) or store_path(name).is_file():
        return
    try:
        component = registry.get(DatasetSpec, name)
    except AlsegError:
        return
    if not component.spec.needs_source or store_path(component.spec.name).is_file():
        return
    echo(f"The dataset {name!r} has not been converted yet.", err=True)
    source = click.prompt("Folder with its files (empty to stop)", default="", show_default=False, err=True)
    if source:
        from alseg.commands.data import data

        data.main(["convert", component.spec.name, "--source", str(Path(source))], standalone_mode=False)
