"""A learner under guard: it answers as its contract says, or with an error that names it."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from alcore.errors import plugin_fault
from alcore.guards.plugin_code import plugin_code
from alcore.learning import EpochKeeper, FitReport, Learner, LearnerEstimate, LogitsPredictor, State
from alcore.moments import Moments, announce
from alcore.pool.annotated import AnnotatedSlices
from alcore.pool.slices import SliceTensors
from alcore.query import Indices
from alcore.specs import Needs


class GuardedLearner:
    """Implements :class:`alcore.Learner` by another one.

    Args:
        inner: the learner.
        label: the learner and its distribution, for messages.
        n_classes: of the data.
    """

    def __init__(self, inner: Learner, label: str, n_classes: int) -> None:
        self.inner = inner
        self._label = label
        self._n_classes = n_classes
        self.gives: Needs = frozenset(inner.gives)

    def fit(
        self,
        data: AnnotatedSlices,
        round_number: int,
        *,
        listeners: Sequence[Moments] = (),
        keeper: EpochKeeper | None = None,
    ) -> FitReport:
        """Train for one round. What a listener raises is the listener's."""
        heard = _Listening(listeners)
        try:
            with plugin_code(self._label):
                report = self.inner.fit(data, round_number, listeners=[heard], keeper=keeper)
        except BaseException:
            if heard.raised is not None:
                raise heard.raised from None
            raise
        if fault := _report_fault(report):
            raise plugin_fault(self._label, fault)
        return report

    def predictor(self) -> "GuardedPredictor":
        """The model as it is now."""
        with plugin_code(self._label):
            predictor = self.inner.predictor()
        return GuardedPredictor(predictor, self._label, self._n_classes)

    def state(self) -> State:
        """The state for a checkpoint."""
        with plugin_code(self._label):
            state = self.inner.state()
        if not isinstance(state, dict) or not all(isinstance(key, str) for key in state):
            raise plugin_fault(self._label, "returned a state that is not a dictionary by name")
        return state

    def restore(self, state: State) -> None:
        """Go to a state."""
        with plugin_code(self._label):
            self.inner.restore(state)

    def estimate(self, images: SliceTensors, annotated: Sequence[int]) -> LearnerEstimate:
        """Estimate the run."""
        with plugin_code(self._label):
            estimate = self.inner.estimate(images, annotated)
        if not isinstance(estimate, LearnerEstimate):
            raise plugin_fault(self._label, f"returned a {type(estimate).__name__}, not a LearnerEstimate")
        return estimate


class _Listening(Moments):
    """Passes the moments of training on, and keeps what a listener raises."""

    def __init__(self, listeners: Sequence[Moments]) -> None:
        self._listeners = listeners
        self.raised: BaseException | None = None

    def training_started(self, **context: Any) -> None:
        self._pass_on("training_started", context)

    def epoch_finished(self, **context: Any) -> None:
        self._pass_on("epoch_finished", context)

    def _pass_on(self, moment: str, context: dict[str, Any]) -> None:
        try:
            announce(self._listeners, moment, **context)
        except BaseException as error:
            self.raised = error
            raise


class GuardedPredictor:
    """Implements :class:`alcore.LogitsPredictor` by another one."""

    def __init__(self, inner: LogitsPredictor, label: str, n_classes: int) -> None:
        self._inner = inner
        self._label = label
        self._n_classes = n_classes

    def logits(self, images: SliceTensors, rows: Indices) -> Iterator[tuple[Indices, Tensor]]:
        """Yield logits of every entry of ``rows`` once."""
        return self._checked(self._inner.logits, images, rows, ())

    def samples(self, images: SliceTensors, rows: Indices) -> Iterator[tuple[Indices, Tensor]]:
        """Yield logits of every entry of ``rows`` once, of each of the same two or more members."""
        return self._checked(lambda *asked: self._inner.samples(*asked), images, rows, ("members",))

    def _checked(
        self,
        answer: Callable[[SliceTensors, Indices], Iterator[tuple[Indices, Tensor]]],
        images: SliceTensors,
        rows: Indices,
        leading: tuple[str, ...],
    ) -> Iterator[tuple[Indices, Tensor]]:
        """The answer, piece by piece; ``leading`` names the axis before that of slices, if there is one."""
        answered = np.zeros(len(rows), np.int64)
        members: tuple[int, ...] = ()
        with plugin_code(self._label):
            pieces = answer(images, rows)
        while True:
            with plugin_code(self._label):
                piece = next(pieces, None)
            if piece is None:
                break
            where, logits = piece
            extent = images.table.extent(rows[where])
            expected = (len(where), self._n_classes, *extent[:1].ravel().tolist())
            shape = tuple(logits.shape)
            before = shape[: len(leading)]
            fits = (extent == extent[:1]).all() and shape[len(leading) :] == expected and before in (members or before,)
            if not fits or logits.dtype != torch.float32 or any(number < 2 for number in before):
                wanted = f"{expected} for each of two or more members, as many for all slices" if leading else expected
                got = f"{logits.dtype} of shape {shape}"
                raise plugin_fault(self._label, f"predicted logits {got}, not torch.float32 of shape {wanted}")
            members = before
            answered[where] += 1
            yield where, logits
        if (answered != 1).any():
            raise plugin_fault(self._label, f"answered {int((answered != 1).sum())} of {len(rows)} slices not once")

    def features(self, images: SliceTensors, rows: Indices) -> NDArray[np.float32]:
        """A vector for each of ``rows``."""
        with plugin_code(self._label):
            features = self._inner.features(images, rows)
        if not isinstance(features, np.ndarray) or features.ndim != 2 or len(features) != len(rows):
            raise plugin_fault(self._label, f"returned features that are not an array of {len(rows)} vectors")
        return features


def _report_fault(report: object) -> str:
    """What is wrong with a report; empty where nothing is."""
    if not isinstance(report, FitReport):
        return f"returned a {type(report).__name__}, not a FitReport"
    epochs = len(report.losses)
    if not epochs or len(report.validation) != epochs or len(report.learning_rates) != epochs:
        return "reported losses, validation and learning_rates that are not one of each for each epoch"
    if not 1 <= report.kept_epoch <= epochs:
        return f"kept the epoch {report.kept_epoch} of {epochs}"
    if not np.isfinite(report.losses).all():
        return "reported a loss that is no finite number"
    return ""
