"""``alseg bench``: a group of commands that measure a part of a run on its own."""

import click
from alseg import LazyGroup

COMMANDS = {
    "interpolation": (
        "alseg_bench.commands.interpolation:interpolation",
        "Measure the pseudo-labels of interpolators against the true labels.",
    ),
    "strategies": (
        "alseg_bench.commands.strategies:strategies",
        "Time the selection logic of strategies, and how it grows with the pool.",
    ),
}


@click.group(cls=LazyGroup, lazy=COMMANDS)
def bench() -> None:
    """Measure a part of a run on its own."""
