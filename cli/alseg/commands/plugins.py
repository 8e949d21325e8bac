"""``alseg plugins``: a group of commands about what is installed."""

import click

from alseg.lazy import LazyGroup

COMMANDS = {
    "check": ("alseg.commands.plugins_check:check", "Check that a component keeps its contract."),
    "doctor": ("alseg.commands.plugins_doctor:doctor", "Examine this installation; text for a bug report."),
    "list": ("alseg.commands.plugins_list:list_plugins", "List installed plugins and what they offer."),
    "new": ("alseg.commands.plugins_new:new", "Write a new plugin distribution, complete with tests."),
    "show": ("alseg.commands.plugins_show:show", "Describe a component: options, origin, reference."),
}


@click.group(cls=LazyGroup, lazy=COMMANDS)
def plugins() -> None:
    """List, describe, check and start plugins."""
