"""Built components under guard: they answer as their contract says, or with an error that names them."""

from collections.abc import Generator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from alcore.errors import plugin_fault
from alcore.guards import answers
from alcore.guards.plugin_code import plugin_code
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
            built.register_forward_hook(_LossGuard(label))
        case ModelSpec():
            built.register_forward_hook(_ModelGuard(label, arguments["out_channels"]))
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
    """A launcher that yields outcomes and nothing else."""

    def launch(self, jobs: Sequence[Job]) -> Generator[JobOutcome, None, None]:
        """See :class:`alcore.contracts.Launcher`."""
        with plugin_code(self.label):
            outcomes = self._inner.launch(jobs)
        self._require(answers.launched_fault(outcomes))
        try:
            while True:
                try:
                    with plugin_code(self.label):
                        outcome = next(outcomes)
                except StopIteration:
                    return
                self._require(answers.outcome_fault(outcome))
                yield outcome
        finally:
            with plugin_code(self.label):
                outcomes.close()


class _LossGuard:
    """A forward hook; plain, so that the module can be copied and pickled."""

    def __init__(self, label: str) -> None:
        self.label = label

    def __call__(self, module: Any, inputs: tuple[Any, ...], loss: Any) -> None:
        import torch

        trained = torch.is_grad_enabled() and bool(inputs) and inputs[0].requires_grad
        if not torch.compiler.is_compiling() and (fault := answers.loss_fault(loss, trained=trained)):
            raise plugin_fault(self.label, fault)


class _ModelGuard:
    def __init__(self, label: str, n_classes: int) -> None:
        self.label = label
        self.n_classes = n_classes

    def __call__(self, module: Any, inputs: tuple[Any, ...], logits: Any) -> None:
        import torch

        if torch.compiler.is_compiling():
            return
        trained = torch.is_grad_enabled() and module.training and next(module.parameters()).requires_grad
        if fault := answers.logits_fault(logits, inputs[0], self.n_classes, trained=trained):
            raise plugin_fault(self.label, fault)
