"""``alseg benchmark``."""

import sys
from pathlib import Path
from typing import Any

import click

from alseg.run_values import run_value_options

EXIT_FAILED = 1


@click.command()
@click.option("--strategies", help="Comma-separated; options after a colon: random,strided:block_size=5. Or all.")
@click.option("--datasets", help="Comma-separated datasets or stores.")
@click.option("--seeds", help="Such as 0-2 or 0,1,5.")
@run_value_options
@click.option(
    "--full-data/--no-full-data", default=None, help="Also train on the fully labelled pool, to hold curves against."
)
@click.option("--launcher", help="What runs the jobs: see 'alseg plugins list --kind launcher'. Default: local.")
@click.option("--jobs", type=click.IntRange(1), help="Jobs at once: the launcher's option of that name.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the benchmark. Default: benchmarks/<datasets>.")
@click.option("--dry-run", is_flag=True, help="Show the jobs with an estimate of time and memory, run nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the jobs and how each ended as JSON.")
def benchmark(
    config_file: Path | None,
    settings: tuple[str, ...],
    out: Path | None,
    dry_run: bool,
    as_json: bool,
    jobs: int | None,
    launcher: str | None,
    **flags: Any,
) -> None:
    """Run strategies x datasets x seeds; run the same command again to go on where it stopped.

    Finished jobs are never run again, and a strategy added later runs only what is new. Values come from the protocol,
    then the file of --config (strategies, datasets, seeds and any value of a run), then these options, then --set.
    """
    from alcore.api.benchmark import configure_benchmark
    from alseg.show.benchmark import run_benchmark, show_estimates

    protocol = flags.pop("protocol")
    chosen = {name: value for name, value in (("name", launcher), ("jobs", jobs)) if value is not None}
    given = {name: value for name, value in flags.items() if value is not None} | {"launcher": chosen}
    configured = configure_benchmark(given, out=out, protocol=protocol, config=config_file, settings=settings)
    if dry_run:
        show_estimates(configured, as_json)
    elif run_benchmark(configured, as_json):
        sys.exit(EXIT_FAILED)
