"""``alseg train``."""

from pathlib import Path
from typing import Any

import click

from alcore.specs import LearnerSpec, LossSpec, ModelSpec
from alseg.completing import names_of, protocol_names


@click.command()
@click.option("--dataset", help="Dataset or store by name, or the path of a store.")
@click.option(
    "--learner",
    shell_complete=names_of(LearnerSpec),
    help="What trains: slices (2D, the default), volumes (3D) or a plugin's.",
)
@click.option("--model", shell_complete=names_of(ModelSpec), help="Segmentation network.")
@click.option("--loss", shell_complete=names_of(LossSpec), help="Training loss.")
@click.option("--epochs", type=int, help="Epochs.")
@click.option("--steps", type=int, help="Optimiser steps in all, instead of whole passes over the data.")
@click.option("--batch-size", type=int, help="Largest number of slices or patches in a batch.")
@click.option("--seed", type=int, help="Seed of every random stream.")
@click.option("--protocol", shell_complete=protocol_names, help="Values to start from: less-is-more (default) or demo.")
@click.option("--config", "config_file", type=click.Path(path_type=Path), help="TOML file with further values.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Any value: learner.patches_per_scan=2.")
@click.option("--out", type=click.Path(path_type=Path), help="Run directory. Default: a new one under runs/.")
@click.option("--device", help="auto, cpu, mps, cuda, cuda:0, ...")
@click.option("--deterministic", is_flag=True, default=None, help="Use deterministic algorithms only.")
@click.option("--dry-run", is_flag=True, help="Show configuration and estimate, run nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def train(config_file: Path | None, settings: tuple[str, ...], out: Path | None, dry_run: bool, **flags: Any) -> None:
    """Train once on all training scans, fully labelled: the score that a learning curve is held against.

    Values come from the protocol, then the configuration file, then these options, then --set; later ones win.
    """
    from alcore.registry import Registry
    from alcore.runs.config import resolve
    from alcore.runs.layers import config_values, layered
    from alseg.show.offer import offer_conversion

    as_json, protocol, steps = flags.pop("as_json"), flags.pop("protocol"), flags.pop("steps")
    given = {name: value for name, value in flags.items() if value is not None}
    if steps is not None:
        given["steps_per_round"] = steps
    from_file = config_values(config_file)
    values = layered({"full_data": True, **given}, protocol=protocol, config=from_file, settings=settings)
    registry = Registry.installed()
    config = resolve(values, registry)
    offer_conversion(config.dataset, registry)

    from alseg.show.session import dry_run as show_dry_run
    from alseg.show.session import start_run

    if dry_run:
        show_dry_run(config, registry)
    else:
        start_run(config, registry, out, as_json)
