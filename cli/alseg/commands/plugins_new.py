"""``alseg plugins new``."""

from pathlib import Path

import click

from alcore.specs import SPEC_TYPES
from alseg.output import echo


@click.command()
@click.argument("name")
@click.option("--kind", required=True, type=click.Choice(list(SPEC_TYPES)), help="What it is to offer.")
@click.option("--into", type=click.Path(path_type=Path), default=".", help="Folder to make it in; this one by default.")
@click.option("--author", default="The author", show_default=True, help="Who holds the copyright.")
def new(name: str, kind: str, into: Path, author: str) -> None:
    """Write a new distribution that offers the component NAME: complete, tested, ready to be changed."""
    from alcore import AlsegError, Registry
    from alcore.registry import discover
    from alseg.scaffold import PluginNames, write_plugin

    names = PluginNames.parse(name)
    owner = Registry.installed().owner(SPEC_TYPES[kind], names.component)
    if owner is not None:
        raise AlsegError(f"the {kind} {names.component!r} exists already in {owner}", hint="choose another name")
    taken = next((found for found in discover() if found.distribution == names.distribution), None)
    if taken is not None:
        raise AlsegError(f"the distribution {taken.origin} is installed already", hint="choose another name")

    folder = write_plugin(names, kind, into, author)
    echo(f"wrote {folder}", err=True)
    echo(f"cd {folder}")
    echo("pip install -e '.[test]'")
    echo(f"alseg plugins check {names.component} --kind {kind}")
    echo("pytest")
