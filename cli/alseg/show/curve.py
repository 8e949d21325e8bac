"""The learning curve of a run as a table: by round, and of classic training by epoch too."""

from typing import Any

import click
from rich.console import Console
from rich.table import Table

from alcore.runs.directory import RunDirectory
from alcore.runs.narration import what_ran

MOST_EPOCHS = 15
"""Rows of a curve by epoch."""


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
    console = Console(highlight=False)
    console.print(table)
    if config["mode"] == "train":
        console.print(_epochs(rounds[0]))


def _epochs(record: dict[str, Any]) -> Table:
    """Loss and validation Dice of epochs, evenly chosen from those that were validated, and of the kept one."""
    losses, scores, kept = record["losses"], record["validation_dice"], record["kept_epoch"]
    epochs = [epoch for epoch, score in enumerate(scores, start=1) if score is not None]
    epochs = epochs or list(range(1, len(losses) + 1))
    gaps = max(1, min(MOST_EPOCHS - 1, len(epochs)) - 1)
    chosen = {epochs[round(k * (len(epochs) - 1) / gaps)] for k in range(gaps + 1)} | {kept}
    table = Table(title="by epoch")
    for name in ("epoch", "training loss", "validation dice"):
        table.add_column(name, justify="right")
    for epoch in sorted(chosen):
        score = scores[epoch - 1]
        label = f"kept: {epoch}" if epoch == kept else str(epoch)
        table.add_row(label, f"{losses[epoch - 1]:.4f}", "-" if score is None else f"{score:.4f}")
    return table


def _cells(record: dict[str, Any], columns: list[tuple[str, str, str]], n_cells: int) -> list[str]:
    cells = [str(record["round"]), str(record["labelled"])]
    if n_cells > len(columns) + 2:
        cells.append(str(record["pseudo_labelled"]))
    for split, metric, name in columns:
        score = record["scores"][split][metric]
        value = score["mean"] if name == "mean" else score["per_class"][name]
        cells.append("-" if value is None else f"{value:.4f}")
    return cells
