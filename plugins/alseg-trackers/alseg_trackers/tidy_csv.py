"""The CSV tracker."""

from collections.abc import Mapping, Sequence
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
        self._directory = directory
        self._scores, self._epochs = alcore.csv_text([SCORE_FIELDS]), alcore.csv_text([EPOCH_FIELDS])

    def run_started(self, *, committed: Sequence[Mapping[str, Any]], **_: Any) -> None:
        """Write both files anew from the committed rounds."""
        for record in committed:
            self._add(record)
        self._write()

    def round_finished(self, *, record: Mapping[str, Any], **_: Any) -> None:
        """Add the round to both files."""
        self._add(record)
        self._write()

    def _add(self, record: Mapping[str, Any]) -> None:
        self._scores += alcore.csv_text(score_rows(record))
        self._epochs += alcore.csv_text(epoch_rows(record))

    def _write(self) -> None:
        # Each file is written whole, so that a killed run leaves no half row.
        alcore.write_text(self._directory / SCORES, self._scores)
        alcore.write_text(self._directory / EPOCHS, self._epochs)


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
