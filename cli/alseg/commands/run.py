"""``alseg run``."""

from pathlib import Path
from typing import Any

import click

from alseg.run_values import configured, one_run_options


@click.command()
@one_run_options
@click.option("--replay", type=click.Path(path_type=Path), help="Repeat the queries of this run, with its values.")
@click.option("--out", type=click.Path(path_type=Path), help="Run directory. Default: a new one under runs/.")
@click.option("--dry-run", is_flag=True, help="Show configuration and estimate, run nothing.")
@click.option("--repeat", type=click.Path(path_type=Path), help="Run directory to start again and compare with.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def run(
    config_file: Path | None,
    settings: tuple[str, ...],
    replay: Path | None,
    out: Path | None,
    dry_run: bool,
    **flags: Any,
) -> None:
    """Run active learning with one strategy on one dataset and show the learning curve.

    Values come from the protocol, then the configuration file, then these options, then --set; later ones win.
    With --replay, the values of that run take the protocol's place, and its slices are annotated again, round by round.
    With --repeat everything comes from an earlier run; the exit status is 1 if its numbers do not come out again.
    """
    from alseg.show.offer import offer_conversion
    from alseg.show.session import show_or_start

    as_json, repeat = flags.pop("as_json"), flags.pop("repeat")
    if repeat:
        alone = not (any(value is not None for value in flags.values()) or config_file or settings or replay or dry_run)
        _repeat(repeat, out, as_json, alone=alone)
        return
    chosen = configured(config_file, settings, flags, replay)
    offer_conversion(chosen)
    show_or_start(chosen, out, as_json, dry_run=dry_run)


def _repeat(path: Path, out: Path | None, as_json: bool, *, alone: bool) -> None:
    from alcore import AlsegError
    from alseg.show.repetition import repeat_run

    if not alone:
        raise AlsegError(
            "--repeat takes every value from the run that it repeats", hint="give --out and --json beside it, if at all"
        )
    repeat_run(path, out, as_json)
