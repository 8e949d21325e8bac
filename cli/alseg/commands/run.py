"""``alseg run``."""

from pathlib import Path
from typing import Any

import click


@click.command()
@click.option("--strategy", help="Query strategy: see 'alseg plugins list --kind strategy'.")
@click.option("--dataset", help="Dataset or store by name, or the path of a store.")
@click.option("--model", help="Segmentation network.")
@click.option("--loss", help="Training loss.")
@click.option("--rounds", type=int, help="Rounds after round 0.")
@click.option("--budget", type=int, help="Slices annotated per round.")
@click.option("--initial", type=int, help="Slices annotated before round 0.")
@click.option("--epochs", type=int, help="Epochs per round.")
@click.option("--batch-size", type=int, help="Largest number of slices in a batch.")
@click.option("--seed", type=int, help="Seed of every random stream.")
@click.option("--protocol", help="Values to start from: less-is-more (default) or demo.")
@click.option("--config", "config_file", type=click.Path(path_type=Path), help="TOML file with further values.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Any value: strategy.one_per_scan=false.")
@click.option("--out", type=click.Path(path_type=Path), help="Run directory. Default: a new one under runs/.")
@click.option("--device", help="auto, cpu, mps, cuda, cuda:0, ...")
@click.option("--deterministic", is_flag=True, default=None, help="Use deterministic algorithms only.")
@click.option("--dry-run", is_flag=True, help="Show configuration and estimate, run nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def run(config_file: Path | None, settings: tuple[str, ...], out: Path | None, dry_run: bool, **flags: Any) -> None:
    """Run active learning with one strategy on one dataset and show the learning curve.

    Values come from the protocol, then the configuration file, then these options, then --set; later ones win.
    """
    from alcore.registry import Registry
    from alcore.runs.config import resolve
    from alcore.runs.layers import layered, read_config_file
    from alseg.show.offer import offer_conversion

    as_json, protocol = flags.pop("as_json"), flags.pop("protocol")
    given = {name: value for name, value in flags.items() if value is not None}
    from_file = read_config_file(config_file) if config_file else {}
    values = layered(given, protocol=protocol, config=from_file, settings=settings)
    registry = Registry.installed()
    config = resolve(values, registry)
    offer_conversion(config.dataset, registry)

    from alseg.show.session import dry_run as show_dry_run
    from alseg.show.session import start_run

    if dry_run:
        show_dry_run(config, registry)
    else:
        start_run(config, registry, out, as_json)
