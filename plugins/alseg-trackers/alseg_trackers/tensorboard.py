"""The TensorBoard tracker."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from torch.utils.tensorboard import SummaryWriter

import alcore
from alseg_trackers.pictures import picture, stacked

if TYPE_CHECKING:
    from alseg_trackers.plugin import TensorBoardOptions


class TensorBoard(alcore.Moments):
    """Writes scalars per round and epoch, and pictures of the queried slices.

    Args:
        options: see :class:`TensorBoardOptions`.
        directory: where the event files go.
    """

    def __init__(self, options: "TensorBoardOptions", *, directory: Path) -> None:
        self._options = options
        self._directory = directory
        self._writer: SummaryWriter | None = None
        self._epochs = self._growth = 0

    def run_started(self, *, config: dict[str, Any], first_round: int, **_: Any) -> None:
        """Open the writer; what an interrupted round left behind is hidden from its step on."""
        learner = config["learner"]
        self._epochs, self._growth = int(learner["epochs"]), int(learner["epochs_growth"])
        self._writer = SummaryWriter(str(self._directory / f"from-round-{first_round:04d}"), purge_step=first_round)

    def slices_annotated(self, *, round: int, queried: Any, **_: Any) -> None:
        """Show queried slices: image, truth, and what the model predicted before it learnt from them."""
        n_shown = min(self._options.pictures, len(queried.indices))
        if n_shown and self._writer:
            shown = [
                picture(queried.image(k), queried.truth(k), queried.prediction(k), queried.multi_label)
                for k in range(n_shown)
            ]
            self._writer.add_image("queried: image, truth, prediction", stacked(shown), round)

    def epoch_finished(
        self, *, round: int, epoch: int, loss: float, validation: float | None, learning_rate: float, **_: Any
    ) -> None:
        """Loss, learning rate and validation Dice by epoch, counted through all rounds as they were planned."""
        if self._writer:
            step = round * self._epochs + round * (round - 1) // 2 * self._growth + epoch
            self._writer.add_scalar("epoch/loss", loss, step)
            self._writer.add_scalar("epoch/learning rate", learning_rate, step)
            if validation is not None:
                self._writer.add_scalar("epoch/validation dice", validation, step)

    def round_finished(self, *, round: int, record: Mapping[str, Any], **_: Any) -> None:
        """Scores, sizes and seconds by round."""
        if not self._writer:
            return
        for split, metrics in record["scores"].items():
            for metric, score in metrics.items():
                values = {"mean": score["mean"], **score["per_class"]}
                for name, value in values.items():
                    if value is not None:
                        self._writer.add_scalar(f"{split} {metric}/{name}", value, round)
        self._writer.add_scalar("round/labelled slices", record["labelled"], round)
        self._writer.add_scalar("round/pseudo-labelled slices", record["pseudo_labelled"], round)
        for phase, seconds in record["seconds"].items():
            self._writer.add_scalar(f"seconds/{phase}", seconds, round)
        self._writer.flush()

    def closed(self, **_: Any) -> None:
        """Close the event file."""
        if self._writer:
            self._writer.close()
            self._writer = None
