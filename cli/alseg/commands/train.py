"""``alseg train``."""

from pathlib import Path
from typing import Any

import click

from alcore import LearnerSpec, LossSpec, ModelSpec
from alseg.completing import names_of, protocol_names
from alseg.run_values import configured


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
@click.option(
    "--steps", "steps_per_round", type=int, help="Optimiser steps in all, instead of whole passes over the data."
)
@click.option("--batch-size", type=int, help="Largest number of slices or patches in a batch.")
@click.option("--seed", type=int, help="Seed of every random stream.")
@click.option(
    "--protocol",
    shell_complete=protocol_names,
    help="Values to start from: less-is-more (default), strong, patches, demo.",
)
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
    from alseg.show.offer import offer_conversion
    from alseg.show.session import show_or_start

    as_json = flags.pop("as_json")
    chosen = configured(config_file, settings, {"full_data": True, **flags})
    offer_conversion(chosen)
    show_or_start(chosen, out, as_json, dry_run=dry_run)
