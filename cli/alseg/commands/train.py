"""``alseg train``."""

from pathlib import Path
from typing import Any

import click

_CLASSIC = ("dim", "patch_size", "patches_per_scan", "foreground_share", "overlap")


@click.command()
@click.option("--dataset", help="Dataset or store by name, or the path of a store.")
@click.option("--dim", type=click.IntRange(2, 3), help="Train on slices (2, the default) or on patches of volumes (3).")
@click.option("--patch-size", type=int, nargs=3, metavar="SLICES ROWS COLUMNS", help="3D: voxels of a patch.")
@click.option("--patches-per-scan", type=int, help="3D: patches that an epoch draws from each scan.")
@click.option("--foreground-share", type=float, help="3D: share of patches that are drawn around foreground.")
@click.option("--overlap", type=float, help="3D: share by which windows overlap in prediction.")
@click.option("--model", help="Segmentation network.")
@click.option("--loss", help="Training loss.")
@click.option("--epochs", type=int, help="Epochs.")
@click.option("--steps", type=int, help="Optimiser steps in all, instead of whole passes over the data.")
@click.option("--batch-size", type=int, help="Largest number of slices or patches in a batch.")
@click.option("--seed", type=int, help="Seed of every random stream.")
@click.option("--protocol", help="Values to start from: less-is-more (default) or demo.")
@click.option("--config", "config_file", type=click.Path(path_type=Path), help="TOML file with further values.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Any value: learner.amp=bfloat16.")
@click.option("--out", type=click.Path(path_type=Path), help="Run directory. Default: a new one under runs/.")
@click.option("--device", help="auto, cpu, mps, cuda, cuda:0, ...")
@click.option("--deterministic", is_flag=True, default=None, help="Use deterministic algorithms only.")
@click.option("--dry-run", is_flag=True, help="Show configuration and estimate, run nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def train(config_file: Path | None, settings: tuple[str, ...], out: Path | None, dry_run: bool, **flags: Any) -> None:
    """Train once on the fully labelled training scans: the ceiling that a learning curve is held against.

    Values come from the protocol, then the configuration file, then these options, then --set; later ones win.
    """
    from alcore.registry import Registry
    from alcore.runs.config import resolve
    from alcore.runs.layers import config_values, layered
    from alseg.show.offer import offer_conversion

    as_json, protocol, steps = flags.pop("as_json"), flags.pop("protocol"), flags.pop("steps")
    given = {name: value for name, value in flags.items() if value is not None}
    classic = {name: given.pop(name) for name in _CLASSIC if name in given}
    sections = {"classic": classic} if classic else {}
    if steps is not None:
        sections["learner"] = {"steps_per_round": steps}
    from_file = config_values(config_file)
    values = layered({"mode": "train", **sections, **given}, protocol=protocol, config=from_file, settings=settings)
    registry = Registry.installed()
    config = resolve(values, registry)
    offer_conversion(config.dataset, registry)

    from alseg.show.session import dry_run as show_dry_run
    from alseg.show.session import start_run

    if dry_run:
        show_dry_run(config, registry)
    else:
        start_run(config, registry, out, as_json)
