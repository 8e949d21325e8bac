"""What every evaluation metric must do."""

import itertools
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.contracts import ConfusionCounts
from alcore.errors import plugin_fault
from alcore.guards.answers import scores_fault
from alcore.specs import MetricSpec, Options
from alcore.testing.findings import Finding, require
from alcore.testing.probe import probe

_SHAPE = (5, 12, 10)
_SPACING = (3.0, 1.0, 0.5)
_POWER = {"mm": 1, "ml": 3}

Masks = NDArray[np.bool_]


def check_metric(spec: MetricSpec, options: Options | None = None) -> None:
    """Check that a metric keeps its contract.

    Args:
        spec: the metric's spec.
        options: its options; its defaults where None.

    Raises:
        ConformanceError: a check failed; all failed checks are listed.
    """
    require(f"metric {spec.name!r}", metric_findings(spec, options))


def metric_findings(spec: MetricSpec, options: Options | None = None) -> Iterator[Finding]:
    """Yield the outcome of every check; see :func:`check_metric`."""
    yield from _MetricChecks(spec, options if options is not None else spec.options()).findings()


class _MetricChecks:
    def __init__(self, spec: MetricSpec, options: Options) -> None:
        self.spec, self.options = spec, options
        self.method = {"counts": "from_counts", "volume": "from_volume", "probabilities": "from_probabilities"}[
            spec.needs
        ]

    def findings(self) -> Iterator[Finding]:
        built = probe(
            "the metric is built",
            lambda: "" if callable(getattr(self.build(), self.method, None)) else f"no method {self.method}",
            expected=f"an object with {self.method}(...) from Class(options), since the spec needs {self.spec.needs!r}",
            fix=f"define {self.method}, or state another need",
        )
        yield built
        if not built.passed:
            return
        yield probe(
            "there is one score per scan and class",
            self.found_in_shape,
            expected="floats, one per foreground class (from counts: a row per scan), from arrays left as they are",
            fix="return a new float64 array",
        )
        yield probe(
            "the perfect prediction scores best",
            self.found_in_order,
            expected=f"a strictly {'higher' if self.spec.higher_is_better else 'lower'} score than a wrong prediction",
            fix="turn the spec's higher_is_better, or the score",
        )
        yield probe(
            "each class is scored for itself",
            self.found_in_classes,
            expected="the scores in the order of the classes, whatever the other classes are",
            fix="keep the axis of the classes apart from all others",
        )
        yield probe(
            "empty and full regions have a score or NaN",
            self.found_in_edges,
            expected="a number or NaN where truth, prediction, both or neither are empty, or nothing is annotated, "
            "without warnings",
            fix="return NaN where the score is not defined",
        )
        if self.spec.needs == "probabilities":
            yield probe(
                "voxels that are not annotated count nowhere",
                self.found_in_counted,
                expected="the score of a scan without such slices, whatever is predicted or labelled in them",
                fix="leave out what is False in counted, also from the number that is averaged over",
            )
        if self.spec.needs == "volume":
            yield probe(
                "a class that is missed does not score as if it were found",
                self.found_in_missed,
                expected="NaN or a worse score than that of the perfect prediction",
                fix="write a rule for the empty prediction, and apply it",
            )
        if self.spec.needs == "volume" and self.spec.unit in _POWER:
            yield probe(
                f"the score is in {self.spec.unit}",
                self.found_in_unit,
                expected=f"{2 ** _POWER[self.spec.unit]} times the score at twice the voxel spacing",
                fix="measure with the spacing, or state another unit",
            )

    def build(self) -> Any:
        return self.spec.load()(self.options)

    def score(
        self, prediction: Masks, truth: Masks, scale: float = 1.0, counted: Masks | None = None
    ) -> NDArray[np.float64]:
        """Scores (classes,) of one scan, whatever the metric is computed from; all voxels count by default."""
        metric = self.build()
        if self.spec.needs == "counts":
            (scores,) = self.sound(metric.from_counts(_count(prediction[None], truth[None])), (1, len(truth)))
            return np.asarray(scores)
        if self.spec.needs == "volume":
            spacing = tuple(scale * step for step in _SPACING)
            return self.sound(metric.from_volume(prediction, truth, spacing), (len(truth),))
        counted = np.ones_like(truth) if counted is None else counted
        return self.sound(metric.from_probabilities(prediction.astype(np.float32), truth, counted), (len(truth),))

    def sound(self, scores: Any, shape: tuple[int, ...]) -> NDArray[np.float64]:
        """The scores, once they are known to be some."""
        if fault := scores_fault(scores, shape):
            raise plugin_fault("it", fault)
        kept: NDArray[np.float64] = scores
        return kept

    def found_in_shape(self) -> str:
        prediction, truth = np.stack([_wrong(), _true()]), np.stack([_true(), _wrong()])
        copies = prediction.copy(), truth.copy()
        scores = self.score(prediction, truth)
        if scores.shape != (2,) or not np.issubdtype(scores.dtype, np.floating):
            return f"{scores.dtype} of shape {scores.shape} for 2 classes"
        if not (np.array_equal(prediction, copies[0]) and np.array_equal(truth, copies[1])):
            return "the masks changed in place"
        if self.spec.needs == "counts":
            rows = self.build().from_counts(_count(np.stack([prediction] * 3), np.stack([truth] * 3)))
            return str(scores_fault(rows, (3, 2)))
        return ""

    def found_in_order(self) -> str:
        truth = _true()[None]
        perfect, wrong = self.score(truth, truth)[0], self.score(_wrong()[None], truth)[0]
        better = perfect > wrong if self.spec.higher_is_better else perfect < wrong
        return "" if better else f"{perfect:.4g} for the perfect and {wrong:.4g} for the wrong prediction"

    def found_in_classes(self) -> str:
        prediction, truth = np.stack([_wrong(), _true(), _true()]), np.stack([_true()] * 3)
        together = self.score(prediction, truth)
        alone = [self.score(p[None], t[None])[0] for p, t in zip(prediction, truth, strict=True)]
        return "" if np.allclose(together, alone, equal_nan=True) else f"{together.tolist()} together, {alone} alone"

    def found_in_edges(self) -> str:
        empty, full = np.zeros((1, *_SHAPE), bool), np.ones((1, *_SHAPE), bool)
        with np.errstate(all="raise"), warnings.catch_warnings():
            warnings.simplefilter("error")
            for prediction in (empty, full, _true()[None]):
                for truth in (empty, full, _true()[None]):
                    self.score(prediction, truth)
            if self.spec.needs == "probabilities":
                self.score(full, full, counted=empty)
        return ""

    def found_in_counted(self) -> str:
        prediction, truth = np.stack([_wrong()] * 2), np.stack([_true()] * 2)
        without = [self.score(prediction[:1, :-2], truth[:1, :-2])[0], self.score(prediction[1:], truth[1:])[0]]
        counted = np.ones_like(truth)
        counted[0, -2:] = False  # of the first class only, as multi-label data may have it
        for predicted, labelled in itertools.product((False, True), repeat=2):
            prediction[0, -2:], truth[0, -2:] = predicted, labelled
            scores = self.score(prediction, truth, counted=counted)
            if not np.allclose(scores, without, equal_nan=True):
                return f"{scores.tolist()} with such slices in the first of two classes, {without} without"
        return ""

    def found_in_missed(self) -> str:
        truth = _true()[None]
        perfect, missed = self.score(truth, truth)[0], self.score(np.zeros_like(truth), truth)[0]
        worse = np.isnan(missed) or (missed < perfect if self.spec.higher_is_better else missed > perfect)
        return "" if worse else f"{missed:.4g} for nothing and {perfect:.4g} for the perfect prediction"

    def found_in_unit(self) -> str:
        prediction, truth = _wrong()[None], _true()[None]
        once, twice = self.score(prediction, truth)[0], self.score(prediction, truth, scale=2.0)[0]
        return "" if np.isclose(twice, once * 2 ** _POWER[self.spec.unit], rtol=1e-4) else f"{twice / once:.4g} times"


def _true() -> Masks:
    mask = np.zeros(_SHAPE, bool)
    mask[1:3, 2:6, 2:6] = True
    return mask


def _wrong() -> Masks:
    """Overlaps the true region in part, misses some of it, and is larger."""
    mask = np.zeros(_SHAPE, bool)
    mask[2:5, 4:11, 3:10] = True
    return mask


def _count(prediction: Masks, truth: Masks) -> ConfusionCounts:
    """Confusion counts of masks (scans, classes, slices, height, width)."""

    def count(voxels: Masks) -> NDArray[np.int64]:
        return np.asarray(voxels.sum(axis=(2, 3, 4)), np.int64)

    return ConfusionCounts(
        true_positive=count(prediction & truth),
        false_positive=count(prediction & ~truth),
        false_negative=count(~prediction & truth),
        true_negative=count(~prediction & ~truth),
    )
