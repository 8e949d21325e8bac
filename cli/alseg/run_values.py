"""Options of the command line that set values of a run, shared by the commands that start runs."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from alcore import DatasetSpec, LearnerSpec, LossSpec, ModelSpec, StrategySpec
from alseg.completing import names_of, protocol_names

if TYPE_CHECKING:
    from alcore.api.configured import ConfiguredRun

_OPTIONS = (
    click.option("--learner", shell_complete=names_of(LearnerSpec), help="What trains: slices (2D) or volumes (3D)."),
    click.option("--model", shell_complete=names_of(ModelSpec), help="Segmentation network."),
    click.option("--loss", shell_complete=names_of(LossSpec), help="Training loss."),
    click.option("--rounds", type=int, help="Rounds after round 0."),
    click.option("--budget", type=int, help="Slices annotated per round."),
    click.option("--initial", type=int, help="Slices annotated before round 0."),
    click.option("--epochs", type=int, help="Epochs per round."),
    click.option("--batch-size", type=int, help="Largest number of slices in a batch."),
    click.option(
        "--protocol",
        shell_complete=protocol_names,
        help="Values to start from: less-is-more (default), strong, patches, demo.",
    ),
    click.option("--config", "config_file", type=click.Path(path_type=Path), help="TOML file with further values."),
    click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Any value: learner.amp=bfloat16."),
    click.option("--memory-budget", type=float, help="MiB that slices may take in memory; above it they stream."),
    click.option("--device", help="auto, cpu, mps, cuda, cuda:0, ..."),
    click.option("--deterministic", is_flag=True, default=None, help="Use deterministic algorithms only."),
)

_ONE_RUN = (
    click.option(
        "--strategy",
        shell_complete=names_of(StrategySpec),
        help="Query strategy: see 'alseg plugins list --kind strategy'.",
    ),
    click.option(
        "--dataset", shell_complete=names_of(DatasetSpec), help="Dataset or store by name, or the path of a store."
    ),
    click.option("--seed", type=int, help="Seed of every random stream."),
)


def run_value_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of every command that starts runs."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def one_run_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of every command that is about one run."""
    for option in reversed((*_ONE_RUN, *_OPTIONS)):
        command = option(command)
    return command


def configured(
    config_file: Path | None, settings: tuple[str, ...], flags: Mapping[str, Any], replay: Path | None = None
) -> "ConfiguredRun":
    """What the options of a run come to: protocol, configuration file, flags, settings; later ones win."""
    from alcore.api.configured import configure

    given = {name: value for name, value in flags.items() if value is not None}
    protocol = given.pop("protocol", None)
    return configure(given, protocol=protocol, config=config_file, settings=settings, replay=replay)
