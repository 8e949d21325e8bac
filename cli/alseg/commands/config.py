"""``alseg config``: a group of commands about configuration files."""

import click

from alseg.lazy import LazyGroup

COMMANDS = {
    "init": ("alseg.commands.config_init:init", "Write a configuration file with a comment on every option."),
}


@click.group(cls=LazyGroup, lazy=COMMANDS)
def config() -> None:
    """Write configuration files."""
