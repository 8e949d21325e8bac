"""The CSV tracker."""

import csv
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import alcore

SCORES, EPOCHS = "scores.csv", "epochs.csv"
SCORE_FIELDS = ("round", "labelled", "split", "metric", "class", "value")
EPOCH_FIELDS = ("round", "epoch", "loss", "validation_dice", "learning_rate")
MEAN = "mean"
"""What stands for the mean over foreground classes in the column ``class``."""

Row = Sequence[Any]


class TidyCsv(alcore.Moments):
    """Writes ``scores.csv`` and ``epochs.csv``: one row per figure, for pandas, R or a spreadsheet.

    ``scores.csv`` has one row per round, split, metric and class (``mean`` for the mean over foreground classes; an
    empty value where the metric is not defined), ``epochs.csv`` one per epoch. Only committed rounds are in them.

    Args:
        options: there are none.
        directory: where the files go.
    """

    def __init__(self, options: alcore.Options, *, directory: Path) -> None:
        self._scores, self._epochs = directory / SCORES, directory / EPOCHS

    def run_started(self, *, committed: Sequence[Mapping[str, Any]], **_: Any) -> None:
        """Write both files anew from the committed rounds."""
        _replace(self._scores, SCORE_FIELDS, (row for record in committed for row in score_rows(record)))
        _replace(self._epochs, EPOCH_FIELDS, (row for record in committed for row in epoch_rows(record)))

    def round_finished(self, *, record: Mapping[str, Any], **_: Any) -> None:
        """Append the round."""
        _append(self._scores, score_rows(record))
        _append(self._epochs, epoch_rows(record))


def score_rows(record: Mapping[str, Any]) -> list[Row]:
    """The rows of ``scores.csv`` for one round."""
    return [
        (record["round"], record["labelled"], split, metric, name, value)
        for split, metrics in record["scores"].items()
        for metric, score in metrics.items()
        for name, value in ((MEAN, score["mean"]), *score["per_class"].items())
    ]


def epoch_rows(record: Mapping[str, Any]) -> list[Row]:
    """The rows of ``epochs.csv`` for one round."""
    epochs = zip(record["losses"], record["validation_dice"], record["learning_rates"], strict=True)
    return [(record["round"], k, *figures) for k, figures in enumerate(epochs, start=1)]


def _replace(path: Path, fields: Row, rows: Iterable[Row]) -> None:
    temporary = path.with_name(f".{path.name}.tmp")
    with temporary.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([fields, *rows])
    temporary.replace(path)


def _append(path: Path, rows: Iterable[Row]) -> None:
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
        file.flush()
        os.fsync(file.fileno())
