"""The TensorBoard tracker."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from torch.utils.tensorboard import SummaryWriter
from torch.utils.tensorboard.summary import hparams

import alcore
from alseg_trackers.event_files import EPOCH_GROUP, committed_events, event_files
from alseg_trackers.pictures import picture, stacked

if TYPE_CHECKING:
    from alseg_trackers.plugin import TensorBoardOptions


class TensorBoard(alcore.Moments):
    """Writes figures per round and epoch, pictures of the queried slices, the configuration and its hparams.

    A run that goes on is one curve: what a round that was never committed left behind is dropped, and a committed round
    that the event files lack (trained elsewhere, or killed before it was announced) is added from its record.

    Args:
        options: see :class:`TensorBoardOptions`.
        directory: where the event files go.
    """

    def __init__(self, options: "TensorBoardOptions", *, directory: Path) -> None:
        self._options = options
        self._directory = directory
        self._writer: SummaryWriter | None = None
        self._epoch = 0
        self._known: set[tuple[str, int]] = set()
        self._success: Any = None

    def run_started(
        self, *, config: dict[str, Any], first_round: int, committed: Sequence[Mapping[str, Any]], **_: Any
    ) -> None:
        """Open an event file that holds the committed rounds and nothing beyond them."""
        earlier = event_files(self._directory)
        self._writer = SummaryWriter(str(self._directory))
        self._write_configuration(config)
        last_epoch = sum(len(record["losses"]) for record in committed)
        for event in committed_events(earlier, first_round, last_epoch):
            self._writer.file_writer.add_event(event, walltime=event.wall_time)
            self._known.add((event.summary.value[0].tag, event.step))
        for record in committed:
            self._write_epochs(record)
            self._write_round(record)
        self._writer.flush()
        for path in earlier:
            path.unlink()

    def slices_annotated(self, *, round: int, queried: Any, **_: Any) -> None:
        """Show queried slices: image, truth, and what the model predicted before it learnt from them."""
        n_shown = min(self._options.pictures, len(queried.indices))
        if n_shown and self._writer:
            shown = [
                picture(queried.image(k), queried.truth(k), queried.prediction(k), queried.label_space)
                for k in range(n_shown)
            ]
            self._writer.add_image("queried: image, truth, prediction", stacked(shown), round)

    def epoch_finished(
        self, *, round: int, epoch: int, loss: float, validation: float | None, learning_rate: float, **_: Any
    ) -> None:
        """Loss, learning rate and validation Dice by epoch, counted through all rounds."""
        if self._writer:
            self._write_epoch(loss, validation, learning_rate)

    def round_finished(self, *, round: int, record: Mapping[str, Any], **_: Any) -> None:
        """Scores, sizes and seconds by round."""
        if self._writer:
            self._write_round(record)
            self._writer.flush()

    def run_finished(self, **_: Any) -> None:
        """Say that the run came to its end."""
        if self._writer:
            self._writer.file_writer.add_summary(self._success)

    def closed(self, **_: Any) -> None:
        """Close the event file."""
        if self._writer:
            self._writer.close()
            self._writer = None

    def _write_configuration(self, config: Mapping[str, Any]) -> None:
        assert self._writer is not None
        values = alcore.flat_values(config)
        options = {key: value if isinstance(value, bool | int | float) else str(value) for key, value in values.items()}
        scores = {
            f"validation {alcore.NamedComponent.read(metric).label}/mean": 0.0
            for metric in config["evaluation"]["metrics"]
        }
        experiment, started, self._success = hparams(options, scores)
        for summary in (experiment, started):
            self._writer.file_writer.add_summary(summary)
        cells = ((alcore.markdown_text(key), alcore.markdown_text(str(value))) for key, value in values.items())
        rows = "\n".join(f"| {key} | {value} |" for key, value in cells)
        self._writer.add_text("configuration", f"| option | value |\n|---|---|\n{rows}")

    def _write_epochs(self, record: Mapping[str, Any]) -> None:
        epochs = zip(record["losses"], record["validation_dice"], record["learning_rates"], strict=True)
        for loss, validation, learning_rate in epochs:
            self._write_epoch(loss, validation, learning_rate)

    def _write_epoch(self, loss: float, validation: float | None, learning_rate: float) -> None:
        self._epoch += 1
        self._write_figure(f"{EPOCH_GROUP}loss", loss, self._epoch)
        self._write_figure(f"{EPOCH_GROUP}learning rate", learning_rate, self._epoch)
        if validation is not None:
            self._write_figure(f"{EPOCH_GROUP}validation dice", validation, self._epoch)

    def _write_round(self, record: Mapping[str, Any]) -> None:
        for tag, value in alcore.round_figures(record).items():
            self._write_figure(tag, value, record["round"])

    def _write_figure(self, tag: str, value: float, step: int) -> None:
        """Write a figure, unless an earlier start of the run did."""
        assert self._writer is not None
        if (tag, step) not in self._known:
            self._writer.add_scalar(tag, value, step)
