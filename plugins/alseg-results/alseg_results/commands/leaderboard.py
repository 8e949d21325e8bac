"""``alseg leaderboard``."""

from pathlib import Path

import click
from alseg import echo, echo_json, terminal


@click.group()
def leaderboard() -> None:
    """Write, check and show entries of a leaderboard: one JSON file a run."""


@leaderboard.command()
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("folder", type=click.Path(path_type=Path))
def write(directory: Path, folder: Path) -> None:
    """Write an entry for every run in DIR to FOLDER."""
    from alseg_results.leaderboard.write import write_entries

    paths, notes = write_entries(directory, folder)
    for note in notes:
        echo(f"note: {note}", err=True)
    for path in paths:
        echo(path)


@leaderboard.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def check(files: tuple[Path, ...]) -> None:
    """Check that FILES are entries whose parts agree; the first that is not ends the command."""
    from alseg_results.leaderboard.entry import read_entry

    for path in files:
        read_entry(path)
        echo(f"{path}: OK")


@leaderboard.command()
def schema() -> None:
    """Print the JSON schema of an entry."""
    from alseg_results.leaderboard.entry import schema as schema_of_entries

    echo_json(schema_of_entries())


@leaderboard.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--metric", default="dice", show_default=True, help="Metric to show.")
@click.option("--split", default="validation", show_default=True, help="Scans that were scored: validation or test.")
def show(folder: Path, metric: str, split: str) -> None:
    """Show the entries in FOLDER: a table for each dataset and protocol, the best first."""
    from alseg import print_table

    from alcore.registry import Registry
    from alseg_results.leaderboard.board import board_tables, read_board
    from alseg_results.measure import higher_is_better

    console, direction = terminal(), higher_is_better(metric, Registry.installed())
    for table in board_tables(read_board(folder), metric, split, higher_is_better=direction):
        print_table(console, table)
