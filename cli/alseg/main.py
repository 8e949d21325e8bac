"""The ``alseg`` command."""

import sys
from importlib import metadata

import click

from alcore.errors import AlsegError
from alseg.lazy import LazyGroup

COMMANDS = {
    "bench": ("alseg.commands.bench:bench", "Measure a part of a run on its own."),
    "benchmark": (
        "alseg.commands.benchmark:benchmark",
        "Run strategies x datasets x seeds; go on where it stopped.",
    ),
    "data": ("alseg.commands.data:data", "Convert, list, describe and verify slice stores."),
    "plugins": ("alseg.commands.plugins:plugins", "List, describe, check and start plugins."),
    "results": ("alseg.commands.results:results", "Show what strategies scored and cost, and whether they differ."),
    "resume": ("alseg.commands.resume:resume", "Go on with a run that was stopped."),
    "run": ("alseg.commands.run:run", "Run active learning with one strategy on one dataset."),
}

EXIT_USER_ERROR = 2


def _print_version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        click.echo(f"alseg {metadata.version('alseg')}")
        ctx.exit()


@click.group(cls=LazyGroup, lazy=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
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
