"""Options of the command line that set values of a run, shared by the commands that start runs."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

_OPTIONS = (
    click.option("--model", help="Segmentation network."),
    click.option("--loss", help="Training loss."),
    click.option("--rounds", type=int, help="Rounds after round 0."),
    click.option("--budget", type=int, help="Slices annotated per round."),
    click.option("--initial", type=int, help="Slices annotated before round 0."),
    click.option("--epochs", type=int, help="Epochs per round."),
    click.option("--batch-size", type=int, help="Largest number of slices in a batch."),
    click.option("--protocol", help="Values to start from: less-is-more (default) or demo."),
    click.option("--config", "config_file", type=click.Path(path_type=Path), help="TOML file with further values."),
    click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Any value: learner.amp=bfloat16."),
    click.option("--device", help="auto, cpu, mps, cuda, cuda:0, ..."),
    click.option("--deterministic", is_flag=True, default=None, help="Use deterministic algorithms only."),
)


def run_value_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of every command that starts runs."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
