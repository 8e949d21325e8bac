"""What every learner must do."""

import io
from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from alcore.engine.evaluator import Evaluator
from alcore.engine.learner_guard import GuardedLearner
from alcore.engine.scoring import Scoring
from alcore.labels import LabelSpace
from alcore.learning import FitReport, LearningTask
from alcore.moments import Moments
from alcore.pool.annotated import AnnotatedSlices
from alcore.specs import LabelMode, LearnerSpec, Options
from alcore.testing.findings import Finding, require
from alcore.testing.networks import MaskedCrossEntropy, TinyNet
from alcore.testing.probe import probe
from alcore.testing.splits import ArraySplit, annotated, array_split

_SHAPES = ((5, 12, 10), (4, 9, 14), (6, 12, 10))
_ANNOTATED = (0, 2, 5, 6, 11)
_CPU = torch.device("cpu")


def check_learner(spec: LearnerSpec, options: Options | None = None) -> None:
    """Check that a learner keeps its contract for single- and multi-label data.

    Args:
        spec: the learner's spec.
        options: its options; its defaults where None.

    Raises:
        ConformanceError: a check failed; all failed checks are listed.
    """
    require(f"learner {spec.name!r}", learner_findings(spec, options))


def learner_findings(spec: LearnerSpec, options: Options | None = None) -> Iterator[Finding]:
    """Yield the outcome of every check; see :func:`check_learner`."""
    modes: tuple[LabelMode, ...] = ("single", "multi")
    for mode in modes:
        yield from _LearnerChecks(spec, options if options is not None else spec.options(), mode).findings()


class _Told(Moments):
    """Counts what listeners are told."""

    def __init__(self) -> None:
        self.started, self.epochs = 0, 0

    def training_started(self, **_: object) -> None:
        self.started += 1

    def epoch_finished(self, **_: object) -> None:
        self.epochs += 1


class _LearnerChecks:
    def __init__(self, spec: LearnerSpec, options: Options, mode: LabelMode) -> None:
        self.spec, self.options, self.mode = spec, options, mode
        self.space = LabelSpace.numbered(3, multi_label=mode == "multi")

    def findings(self) -> Iterator[Finding]:
        where = f"for {self.mode}-label data"
        built = probe(
            f"the learner is built {where}",
            lambda: "" if self.built() else "nothing",
            expected="an object from Class(options, task=...) with fit, predictor, state, restore, estimate and gives",
            fix="take exactly these arguments, and have these methods",
        )
        yield built
        if not built.passed:
            return
        yield probe(
            f"a round trains, reports and tells {where}",
            self.found_in_round,
            expected="a FitReport, training_started once, epoch_finished once for each epoch",
            fix="announce both moments by alcore.announce, and report one loss for each epoch",
        )
        yield probe(
            f"slices are predicted in any order, each by itself {where}",
            self.found_in_predictions,
            expected="finite logits of every slice once, the same whichever others are asked for",
            fix="say by 'where' which slices a piece answers, and let no batch mate change a prediction",
        )
        yield probe(
            f"labels that were not paid for change nothing {where}",
            self.found_of_unpaid,
            expected="the same losses and predictions whatever the labels of other slices are",
            fix="leave voxels of value alcore.IGNORED out of the loss, and read labels from the data alone",
        )
        yield probe(
            f"a round follows from seed and round alone {where}",
            self.found_of_chance,
            expected="the same losses, whatever was drawn before in the same process",
            fix="seed torch by alcore.torch_seed(task.seed, ..., round_number), and draw from alcore.random_generator",
        )
        yield probe(
            f"a state that was saved is restored {where}",
            self.found_of_state,
            expected="the same predictions, by another learner, from a state of numbers, texts, lists and tensors",
            fix="return all that later rounds and predictions depend on from state(), and take it back in restore()",
        )
        yield probe(
            f"a state that is none is refused {where}",
            self.found_of_no_state,
            expected="an error, and the predictions of before",
            fix="raise alcore.ForeignStateError before anything is changed; alcore.load_weights does",
        )
        yield probe(
            f"a run is estimated {where}",
            self.found_in_estimate,
            expected="finite seconds of each round, the learner staying as it was",
            fix="time on copies, and return a LearnerEstimate",
        )

    def split(self, unpaid: int = 0) -> ArraySplit:
        """Scans of bright regions; labels of slices that are not annotated depend on ``unpaid``."""
        rng = np.random.default_rng(0)
        images = [rng.normal(size=(n, 2, height, width)).astype(np.float32) for n, height, width in _SHAPES]
        labels: list[NDArray[np.uint8]] = []
        for image in images:
            if self.space.multi_label:
                labels.append((image[:, :1] > np.array([-0.5, 0.0, 0.5])[:, None, None]).astype(np.uint8))
            else:
                labels.append(np.digitize(image[:, 0], [-0.5, 0.5]).astype(np.uint8))
        if unpaid:
            row = 0
            for label in labels:
                for place in range(len(label)):
                    if row not in _ANNOTATED:
                        label[place] = 1
                    row += 1
        return array_split(images, labels)

    def data(self, split: ArraySplit) -> AnnotatedSlices:
        return AnnotatedSlices(split.images, annotated(split, np.array(_ANNOTATED)))

    def built(self, seed: int = 0) -> GuardedLearner:
        validation = Evaluator(self.split(), Scoring([], self.space))
        dim = self.spec.dim or 2
        task = LearningTask(
            channel_names=("first", "second"),
            label_space=self.space,
            scan_sizes=np.array(_SHAPES),
            device=_CPU,
            seed=seed,
            build_model=lambda: TinyNet(self.space.n_classes, seed, dim, n_channels=2),
            build_loss=MaskedCrossEntropy,
            validate=validation.validate,
        )
        return GuardedLearner(self.spec.load()(self.options, task=task), "it", self.space.n_classes)

    def trained(self, unpaid: int = 0) -> tuple[GuardedLearner, FitReport]:
        learner = self.built()
        return learner, learner.fit(self.data(self.split(unpaid)), 0)

    def logits(self, learner: GuardedLearner, rows: NDArray[np.int64] | None = None) -> list[Tensor]:
        """The logits of each of ``rows``, by default of all."""
        images = self.split().images
        rows = np.arange(len(images.table)) if rows is None else rows
        found: dict[int, Tensor] = {}
        for where, logits in learner.predictor().logits(images, rows):
            found |= {int(place): one for place, one in zip(where, logits, strict=True)}
        return [found[place] for place in range(len(rows))]

    def found_in_round(self) -> str:
        told, learner = _Told(), self.built()
        report = learner.fit(self.data(self.split()), 0, listeners=[told])
        if told.started != 1 or told.epochs != len(report.losses):
            return f"{told.started} starts and {told.epochs} epochs told, {len(report.losses)} losses reported"
        return ""

    def found_in_predictions(self) -> str:
        learner, _ = self.trained()
        whole = self.logits(learner)
        if not all(bool(logits.isfinite().all()) for logits in whole):
            return "logits that are not finite"
        rows = np.array([13, 2, 7, 0])
        for row, logits in zip(rows, self.logits(learner, rows), strict=True):
            if not torch.allclose(logits, whole[row], atol=1e-4, rtol=1e-4):
                return f"slice {row} has other logits among others"
        return ""

    def found_of_unpaid(self) -> str:
        one, other = (self.trained(unpaid) for unpaid in (0, 1))
        if one[1].losses != other[1].losses:
            return "other losses"
        return "" if _same(self.logits(one[0]), self.logits(other[0])) else "other predictions"

    def found_of_chance(self) -> str:
        _, one = self.trained()
        torch.rand(5)
        np.random.rand(3)  # noqa: NPY002
        _, other = self.trained()
        return "" if one.losses == other.losses else f"losses {one.losses[:3]} and {other.losses[:3]}"

    def found_of_state(self) -> str:
        learner, _ = self.trained()
        file = io.BytesIO()
        torch.save(dict(learner.state()), file)
        file.seek(0)
        restored = self.built(seed=1)
        restored.restore(torch.load(file, weights_only=True))
        return "" if _same(self.logits(learner), self.logits(restored)) else "other predictions"

    def found_of_no_state(self) -> str:
        learner, _ = self.trained()
        before = self.logits(learner)
        try:
            learner.restore({})
        except (LookupError, TypeError, ValueError, AttributeError, RuntimeError):
            return "" if _same(before, self.logits(learner)) else "other predictions"
        return "no error"

    def found_in_estimate(self) -> str:
        learner, _ = self.trained()
        before = self.logits(learner)
        images = self.split().images
        estimate = learner.estimate(images, [3, 5])
        seconds = (*estimate.train_seconds, estimate.predict_seconds(images.table))
        if not np.isfinite(seconds).all() or min(seconds) < 0:
            return f"seconds {seconds}"
        if len(estimate.train_seconds) != 2 or len(estimate.validations) != 2:
            return "not one figure for each of two rounds"
        return "" if _same(before, self.logits(learner)) else "other predictions afterwards"


def _same(one: list[Tensor], other: list[Tensor]) -> bool:
    return all(torch.equal(first, second) for first, second in zip(one, other, strict=True))
