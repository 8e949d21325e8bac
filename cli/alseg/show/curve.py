"""The learning curve of a run as a table."""

from typing import Any

import click
from rich.console import Console
from rich.table import Table

from alcore.runs.directory import RunDirectory
from alcore.runs.narration import what_ran


def learning_curve(directory: RunDirectory) -> None:
    """Print the curve: a row per round; per metric the mean over foreground classes, then each class."""
    environment, rounds = directory.environment(), directory.rounds()
    if not rounds:
        click.echo("no round was committed")
        return
    config = directory.config()
    dataset = environment["dataset"]
    synthetic = " (synthetic data)" if dataset["synthetic"] else ""
    table = Table(title=f"{what_ran(config)} on {dataset['name']}{synthetic}, seed {config['seed']}")
    table.add_column("round", justify="right")
    table.add_column("labelled", justify="right")
    if any(record["pseudo_labelled"] for record in rounds):
        table.add_column("pseudo", justify="right")
    columns = [
        (split, metric, name)
        for split, metrics in rounds[-1]["scores"].items()
        for metric, score in metrics.items()
        for name in ("mean", *score["per_class"])
    ]
    for split, metric, name in columns:
        table.add_column(f"{split}\n{metric}\n{name}", justify="right")
    for record in rounds:
        table.add_row(*_cells(record, columns, len(table.columns)))
    kept = config["learner"]["model_selection"]
    table.caption = f"scores of the {kept} epoch of each round" + (" by validation Dice" if kept == "best" else "")
    Console(highlight=False).print(table)


def _cells(record: dict[str, Any], columns: list[tuple[str, str, str]], n_cells: int) -> list[str]:
    cells = [str(record["round"]), str(record["labelled"])]
    if n_cells > len(columns) + 2:
        cells.append(str(record["pseudo_labelled"]))
    for split, metric, name in columns:
        score = record["scores"][split][metric]
        value = score["mean"] if name == "mean" else score["per_class"][name]
        cells.append("-" if value is None else f"{value:.4f}")
    return cells
