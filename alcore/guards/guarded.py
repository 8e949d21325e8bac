"""Built components under guard: they answer as their contract says, or with an error that names them."""

from abc import ABC, abstractmethod
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from alcore.errors import plugin_fault
from alcore.guards import answers
from alcore.guards.plugin_code import plugin_code
from alcore.guards.time_limit import answer_within
from alcore.jobs import Job, JobOutcome
from alcore.specs import ComponentSpec, InterpolatorSpec, LauncherSpec, LossSpec, MetricSpec, ModelSpec

if TYPE_CHECKING:
    from alcore.contracts import ConfusionCounts


def guarded(built: Any, spec: ComponentSpec, label: str, arguments: Mapping[str, Any]) -> Any:
    """Put a built component under guard.

    Strategies, datasets and trackers are guarded where they are asked.

    Args:
        built: the component.
        spec: its spec.
        label: the component and its distribution, for messages.
        arguments: what it was built from.
    """
    match spec:
        case MetricSpec():
            return GuardedMetric(built, label)
        case InterpolatorSpec():
            return GuardedInterpolator(built, label)
        case LauncherSpec():
            return GuardedLauncher(built, label)
        case LossSpec():
            _LossGuard(label).put_on(built)
        case ModelSpec():
            _ModelGuard(label, arguments["out_channels"]).put_on(built)
    return built


def label_of(component: object) -> str:
    """How messages call a component: by its label where it is guarded, else by its class."""
    return getattr(component, "label", "") or f"a {type(component).__name__}"


class _Guarded:
    def __init__(self, inner: Any, label: str) -> None:
        self._inner = inner
        self.label = label

    def __getattr__(self, name: str) -> Any:
        if name == "_inner":  # while it is unpickled
            raise AttributeError(name)
        return getattr(self._inner, name)

    def _require(self, fault: str) -> None:
        if fault:
            raise plugin_fault(self.label, fault)


class GuardedMetric(_Guarded):
    """A metric whose scores are arrays of numbers of the right shape."""

    def from_counts(self, counts: "ConfusionCounts") -> NDArray[np.float64]:
        """See :class:`alcore.contracts.CountMetric`."""
        return self._scores("from_counts", counts.true_positive.shape, counts)

    def from_volume(
        self, prediction: NDArray[np.bool_], truth: NDArray[np.bool_], spacing: tuple[float, float, float]
    ) -> NDArray[np.float64]:
        """See :class:`alcore.contracts.VolumeMetric`."""
        return self._scores("from_volume", truth.shape[:1], prediction, truth, spacing)

    def from_probabilities(
        self, probabilities: NDArray[np.float32], truth: NDArray[np.bool_], counted: NDArray[np.bool_]
    ) -> NDArray[np.float64]:
        """See :class:`alcore.contracts.ProbabilityMetric`."""
        return self._scores("from_probabilities", truth.shape[:1], probabilities, truth, counted)

    def _scores(self, method: str, shape: tuple[int, ...], *arguments: Any) -> NDArray[np.float64]:
        with plugin_code(self.label):
            scores: NDArray[np.float64] = getattr(self._inner, method)(*arguments)
        self._require(answers.scores_fault(scores, shape))
        return scores


class GuardedInterpolator(_Guarded):
    """An interpolator whose labels are those of the slices that it fills between."""

    def fill(self, first: NDArray[np.uint8], last: NDArray[np.uint8], n_between: int) -> NDArray[np.uint8] | None:
        """See :class:`alcore.contracts.Interpolator`."""
        with plugin_code(self.label):
            filled: NDArray[np.uint8] | None = self._inner.fill(first, last, n_between)
        self._require(answers.fill_fault(filled, first, last, n_between))
        return filled


class GuardedLauncher(_Guarded):
    """A launcher that yields outcomes and nothing else.

    Attributes:
        outcome_seconds: the longest that it may take for an outcome; None for as long as it likes.
    """

    outcome_seconds: float | None = None

    def launch(self, jobs: Sequence[Job]) -> Generator[JobOutcome, None, None]:
        """See :class:`alcore.contracts.Launcher`."""
        with self._asked():
            outcomes = self._inner.launch(jobs)
        self._require(answers.launched_fault(outcomes))
        try:
            while True:
                try:
                    with self._asked():
                        outcome = next(outcomes)
                except StopIteration:
                    return
                self._require(answers.outcome_fault(outcome))
                yield outcome
        finally:
            with self._asked():
                outcomes.close()

    @contextmanager
    def _asked(self) -> Iterator[None]:
        what, hint = f"waiting for an outcome of {self.label}", "set launcher.outcome_seconds higher"
        with plugin_code(self.label), answer_within(self.outcome_seconds, what, hint=hint, grace=_TO_STOP_JOBS):
            yield


_TO_STOP_JOBS = 60.0
"""Seconds that a launcher has, once it took too long, to stop the jobs that still run."""


class _ModuleGuard(ABC):
    """Forward hooks; no closures, so that the module can be copied and pickled."""

    def __init__(self, label: str) -> None:
        self.label = label
        self._began = 0

    def put_on(self, module: Any) -> None:
        """Hook into a loss or a model."""
        module.register_forward_pre_hook(self.begin)
        module.register_forward_hook(self.end)

    def begin(self, module: Any, inputs: tuple[Any, ...]) -> None:
        """Before each call."""
        import torch

        if not torch.compiler.is_compiling():
            self._began = next(answers.graph_clock)
            self._require(self._fault_before(module))

    def end(self, module: Any, inputs: tuple[Any, ...], result: Any) -> None:
        """After each call."""
        import torch

        if torch.compiler.is_compiling():
            return
        trained = torch.is_grad_enabled() and self._is_trained(module, inputs)
        self._require(self._fault(inputs, result, trained=trained))
        if trained:
            self._require(answers.graph_fault(result, inputs, self._began))

    def _require(self, fault: str) -> None:
        if fault:
            raise plugin_fault(self.label, fault)

    def _fault_before(self, module: Any) -> str:
        return ""

    @abstractmethod
    def _is_trained(self, module: Any, inputs: tuple[Any, ...]) -> bool: ...

    @abstractmethod
    def _fault(self, inputs: tuple[Any, ...], result: Any, *, trained: bool) -> str: ...


class _LossGuard(_ModuleGuard):
    def _is_trained(self, module: Any, inputs: tuple[Any, ...]) -> bool:
        return bool(inputs) and inputs[0].requires_grad

    def _fault(self, inputs: tuple[Any, ...], result: Any, *, trained: bool) -> str:
        return answers.loss_fault(result, trained=trained)


class _ModelGuard(_ModuleGuard):
    def __init__(self, label: str, n_classes: int) -> None:
        super().__init__(label)
        self._n_classes = n_classes
        self._shapes: dict[str, tuple[int, ...]] = {}
        self._was_training: bool | None = None

    def _fault_before(self, module: Any) -> str:
        """Compare the state_dict with what it was before the first pass, as often as training begins or ends."""
        if module.training == self._was_training:
            return ""
        shapes = answers.shapes_of(module.state_dict())
        if self._was_training is None:
            self._shapes = shapes
        self._was_training = module.training
        return answers.state_fault(self._shapes, shapes)

    def _is_trained(self, module: Any, inputs: tuple[Any, ...]) -> bool:
        return bool(module.training and next(module.parameters()).requires_grad)

    def _fault(self, inputs: tuple[Any, ...], result: Any, *, trained: bool) -> str:
        return answers.logits_fault(result, inputs[0], self._n_classes, trained=trained)
