"""The learning curve of a run as tables: by round, and of full-data training by epoch too."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich import box

from alcore import RoundRecord, Run
from alseg.output import echo, terminal
from alseg.show.parts import print_table
from alseg.show.table import Column, Table, make_table

MOST_EPOCHS = 15
"""Rows of a curve by epoch."""


def learning_curve(run: Run) -> None:
    """Print the curve: a table per metric, a row per round: the mean over foreground classes, then each class."""
    rounds = run.rounds
    if not rounds:
        echo("no round was committed")
        return
    config = run.config
    kept = config["learner"].get("model_selection", "kept")
    console = terminal()
    console.print(f"{run.title}: ", end="")
    console.print(f"scores of the {kept} epoch of each round{' by validation Dice' if kept == 'best' else ''}\n")
    for table in _by_round(rounds):
        print_table(console, table, box.HEAVY_HEAD)
    if config["full_data"]:
        print_table(console, _by_epoch(rounds[0]), box.HEAVY_HEAD)


def _by_round(rounds: list[RoundRecord]) -> Iterator[Table]:
    """A table for each metric on each split."""
    pseudo = [Column("pseudo", "pseudo", 0)] if any(record["pseudo_labelled"] for record in rounds) else []
    measured = {
        (split, metric): tuple(score["per_class"])
        for record in rounds
        for split, metrics in record["scores"].items()
        for metric, score in metrics.items()
    }
    for (split, metric), classes in measured.items():
        columns = [
            Column("round", "round"),
            Column("labelled", "labelled", 0),
            *pseudo,
            Column("mean", "mean", 4),
            *(Column(f"class {name}", name, 4) for name in classes),
        ]
        records = [
            {
                "round": record["round"],
                "labelled": record["labelled"],
                "pseudo": record["pseudo_labelled"],
                **_values(record["scores"].get(split, {}).get(metric, {}), classes),
            }
            for record in rounds
        ]
        yield make_table(f"{split}-{metric}", f"{metric} on the {split} scans", columns, records)


def _values(score: Mapping[str, Any], classes: tuple[str, ...]) -> dict[str, float | None]:
    """The mean of a score and its classes; None where it was not measured or is not defined."""
    per_class = score.get("per_class", {})
    return {"mean": score.get("mean"), **{f"class {name}": per_class.get(name) for name in classes}}


def _by_epoch(record: RoundRecord) -> Table:
    """Loss and validation Dice of epochs, evenly chosen from those that were validated, and of the kept one."""
    losses, scores, kept = record["losses"], record["validation_dice"], record["kept_epoch"]
    epochs = [epoch for epoch, score in enumerate(scores, start=1) if score is not None]
    epochs = epochs or list(range(1, len(losses) + 1))
    gaps = max(1, min(MOST_EPOCHS - 1, len(epochs)) - 1)
    chosen = {epochs[round(k * (len(epochs) - 1) / gaps)] for k in range(gaps + 1)} | {kept}
    records = [
        {
            "epoch": f"kept: {epoch}" if epoch == kept else str(epoch),
            "loss": losses[epoch - 1],
            "dice": scores[epoch - 1],
        }
        for epoch in sorted(chosen)
    ]
    columns = [Column("epoch", "epoch"), Column("loss", "training loss", 4), Column("dice", "validation dice", 4)]
    return make_table("epochs", "by epoch", columns, records)
