"""The ``alseg`` command: a group whose commands are imported only when they are called."""

import importlib
import sys
from importlib import metadata

import click

from alcore.errors import AlsegError

COMMANDS = {
    "data": ("alseg.commands.data:data", "Convert, list, describe and verify slice stores."),
    "plugins": ("alseg.commands.plugins:plugins", "List and describe what is installed."),
    "resume": ("alseg.commands.resume:resume", "Go on with a run that was stopped."),
    "run": ("alseg.commands.run:run", "Run active learning with one strategy on one dataset."),
}

EXIT_USER_ERROR = 2
EXIT_INTERRUPTED = 130


class LazyGroup(click.Group):
    """Knows its commands by name and one-line help; imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The command names, sorted."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in sorted(COMMANDS)])


def _print_version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        click.echo(f"alseg {metadata.version('alseg')}")
        ctx.exit()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version, help="Show the version."
)
def cli() -> None:
    """Benchmark active learning strategies for 3D medical image segmentation.

    Start here: alseg run --strategy entropy --dataset phantom --protocol demo
    """


def main() -> None:
    """Run the command line; user errors are two lines and exit status 2."""
    try:
        cli()
    except AlsegError as error:
        click.echo(f"error: {error.message}", err=True)
        if error.hint:
            click.echo(f"hint:  {error.hint}", err=True)
        sys.exit(EXIT_USER_ERROR)
