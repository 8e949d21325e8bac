"""Named moments of a run: override the ones you need; arguments are keyword-only and only ever added."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from alcore.query import Indices
    from alcore.records import RoundRecord


class QueriedSlices(Protocol):
    """The slices annotated in a round, in the strategy's order; what is shown of them is computed if someone looks."""

    indices: "Indices"
    """Pool indices."""

    def name(self, k: int) -> str:
        """Scan id and position of the k-th slice."""
        ...

    def image(self, k: int) -> "NDArray[np.float32]":
        """Normalised image of the k-th slice, (channels, height, width)."""
        ...

    def truth(self, k: int) -> "NDArray[np.uint8]":
        """Label of the k-th slice, (height, width) or (classes, height, width)."""
        ...

    def prediction(self, k: int) -> "NDArray[np.uint8]":
        """What the model that queried the k-th slice predicts, of the truth's shape."""
        ...


class Moments:
    """Listens to a run. Every method does nothing by default."""

    def run_started(
        self,
        *,
        config: dict[str, Any],
        first_round: int,
        last_round: int,
        committed: Sequence["RoundRecord"],
        **_: Any,
    ) -> None:
        """The run starts, or goes on, with ``first_round``.

        Args:
            config: the resolved configuration.
            first_round: the first round that will be announced.
            last_round: the last one.
            committed: the records of the rounds before ``first_round``, all of which whoever records the run must end
                up with, once. It may have heard of none (the round 0 that several runs share was trained elsewhere),
                of all but the last (the run was killed between committing and announcing it), and of more (a round
                that was begun and never committed).
        """

    def round_started(self, *, round: int, **_: Any) -> None:
        """A round begins."""

    def slices_annotated(self, *, round: int, queried: QueriedSlices, **_: Any) -> None:
        """The oracle has annotated this round's slices; the model has not trained on them yet."""

    def training_started(self, *, round: int, epochs: int, n_slices: int, **_: Any) -> None:
        """The learner begins this round's training."""

    def epoch_finished(
        self, *, round: int, epoch: int, loss: float, validation: float | None, learning_rate: float, **_: Any
    ) -> None:
        """An epoch (from 1) ended.

        ``validation`` is the mean validation Dice, None where it was not measured; ``learning_rate`` is the one that
        the epoch began with. Early stopping may end a training before its last planned epoch.
        """

    def round_finished(self, *, round: int, record: "RoundRecord", **_: Any) -> None:
        """A round is committed; ``record`` is its line of ``rounds.jsonl``."""

    def run_finished(self, *, reason: str, **_: Any) -> None:
        """The run ended: ``reason`` is ``"rounds"``, ``"pool exhausted"`` or ``"waiting for labels"``."""

    def closed(self, **_: Any) -> None:
        """The run is over, in whatever way; release what is open."""


def announce(listeners: Sequence[Moments], moment: str, **context: Any) -> None:
    """Call the moment of that name on every listener, in order."""
    for listener in listeners:
        getattr(listener, moment)(**context)
