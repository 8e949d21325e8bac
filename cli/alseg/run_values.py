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

_PLACES = {
    "strategy": ("strategy", "name"),
    "dataset": ("dataset", "name"),
    "model": ("model", "name"),
    "loss": ("loss", "name"),
    "rounds": ("loop", "rounds"),
    "budget": ("loop", "budget"),
    "initial": ("loop", "initial"),
    "epochs": ("learner", "epochs"),
    "batch_size": ("learner", "batch_size"),
}


def run_value_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of every command that starts runs."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def flag_values(flags: dict[str, Any]) -> dict[str, Any]:
    """Options of the command line as configuration values; what was not given is left out."""
    values: dict[str, Any] = {}
    for flag, value in flags.items():
        if value is None:
            continue
        if flag in _PLACES:
            section, option = _PLACES[flag]
            values.setdefault(section, {})[option] = value
        else:
            values[flag] = value
    return values
