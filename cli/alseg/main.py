"""The ``alseg`` command."""

import faulthandler
import os
import sys
from importlib import metadata

import click

from alcore import AlsegError
from alseg.failures import EXIT_BUG, EXIT_INTERRUPTED, EXIT_USER_ERROR, show_bug, show_user_error
from alseg.installed import InstalledCommands
from alseg.leaving import leave
from alseg.output import echo
from alseg.streams import check_output, end_at_next_interrupt, end_at_second_interrupt
from alseg.verbose import is_verbose


def _print_version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        echo(f"alseg {metadata.version('alseg')}")
        ctx.exit()


@click.group(cls=InstalledCommands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version, help="Show the version."
)
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Benchmark active learning strategies for 3D medical image segmentation.

    Start here: alseg run --strategy entropy --dataset phantom --protocol demo
    """
    if os.environ.get("NO_COLOR"):
        ctx.color = False


def main() -> None:
    """Run the command line: what a user can fix is two lines and exit status 2, a bug keeps its traceback."""
    if sys.__stderr__ is not None:
        faulthandler.enable(sys.__stderr__)  # native code that crashes names the Python lines, and with them the plugin
    end_at_second_interrupt()
    try:
        status = _status()
        end_at_next_interrupt()
        check_output()
    except KeyboardInterrupt:
        status = EXIT_INTERRUPTED
    except AlsegError as error:
        show_user_error(error, verbose=is_verbose(sys.argv))
        status = EXIT_USER_ERROR
    except Exception as error:
        show_bug(error)
        status = EXIT_BUG
    leave(status)


def _status() -> int | str | None:
    """Run the command and return the exit status it asks for."""
    try:
        status = cli(prog_name="alseg", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:  # what click makes of Ctrl-C
        echo("stopped", err=True)
        return EXIT_INTERRUPTED
    except SystemExit as error:
        return error.code
    except OSError:
        check_output("\n")  # if it was the output that refused, it does so again, and that is what is told
        raise
    return status if isinstance(status, int) else 0
