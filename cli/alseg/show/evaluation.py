"""What a model scored, as a table."""

from typing import TYPE_CHECKING

from rich.table import Table

from alseg.output import terminal

if TYPE_CHECKING:
    from alcore.api.models import Evaluation


def show_evaluation(evaluation: "Evaluation") -> None:
    """Print a row per metric: the mean over foreground classes, then each class."""
    synthetic = " (synthetic data)" if evaluation.synthetic else ""
    table = Table(title=f"model of round {evaluation.round} on {len(evaluation.scans)} scans{synthetic}")
    table.add_column("metric")
    for name in ("mean", *evaluation.class_names):
        table.add_column(name, justify="right")
    for metric, score in evaluation.summary().items():
        values = (score["mean"], *score["per_class"].values())
        table.add_row(metric, *("-" if value is None else f"{value:.4f}" for value in values))
    terminal().print(table)
