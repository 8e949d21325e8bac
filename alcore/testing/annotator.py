"""What every annotator must do."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from alcore.annotating import AnnotationTask, Annotator, Answer
from alcore.engine.annotator_guard import GuardedAnnotator
from alcore.labels import LabelSpace
from alcore.pool.slices import read_region
from alcore.regions import Units
from alcore.specs import AnnotatorSpec, Options
from alcore.testing.findings import Finding, require
from alcore.testing.probe import probe
from alcore.testing.splits import array_split

_SHAPES = ((3, 6, 5), (4, 5, 7))
_SPACES = (LabelSpace(("background", "organ")), LabelSpace(("organ", "lesion"), multi_label=True))


def check_annotator(spec: AnnotatorSpec, options: Options | None = None) -> None:
    """Check that an annotator keeps its contract, on two small scans.

    Args:
        spec: the annotator's spec.
        options: its options; its defaults where None.

    Raises:
        ConformanceError: a check failed; all failed checks are listed.
    """
    require(f"annotator {spec.name!r}", annotator_findings(spec, options))


def annotator_findings(spec: AnnotatorSpec, options: Options | None = None) -> Iterator[Finding]:
    """Yield the outcome of every check; see :func:`check_annotator`."""
    for space in _SPACES:
        with tempfile.TemporaryDirectory() as folder:
            checks = _AnnotatorChecks(spec, options if options is not None else spec.options(), space, Path(folder))
            yield from checks.findings(f"of {space.mode}-label data")


class _AnnotatorChecks:
    def __init__(self, spec: AnnotatorSpec, options: Options, space: LabelSpace, folder: Path) -> None:
        self.spec, self.options, self.space, self.folder = spec, options, space, folder
        rng = np.random.default_rng(0)
        images = [rng.normal(size=(n, 1, height, width)).astype(np.float32) for n, height, width in _SHAPES]
        layers = space.leading_shape
        labels = [rng.integers(0, 2, (n, *layers, height, width)).astype(np.uint8) for n, height, width in _SHAPES]
        self.split = array_split(images, labels)

    def findings(self, where: str) -> Iterator[Finding]:
        built = probe(
            f"the annotator {where} is built",
            lambda: "" if self.built() else "nothing",
            expected="Class(options, task=...) with the methods request and collect",
            fix="take the options, and the task by its name",
        )
        yield built
        if not built.passed:
            return
        yield probe(
            f"an answer holds labels {where}",
            self.found_in_answer,
            expected="None, or an Answer for units that were asked for, whose read gives uint8 of a region's shape",
            fix="return None while nothing is labelled; give (slices, [classes,] rows, columns), IGNORED where unknown",
        )
        yield probe(
            f"the same request has the same answer {where}",
            self.found_again,
            expected="the same units and labels, from another annotator of the same folder, and at a second request",
            fix="draw at random from alcore.random_generator(task.seed, ...) alone, and keep what people labelled in "
            "task.directory",
        )

    def built(self) -> Annotator:
        table, directory = self.split.table, self.folder / "annotator"
        task = AnnotationTask(
            label_space=self.space,
            scan_ids=table.scan_ids,
            scan_sizes=table.scan_sizes,
            spacing=table.spacing,
            truth=lambda region: read_region(self.split.truth, region),
            seed=0,
            directory=directory,
        )
        return GuardedAnnotator(self.spec.load()(self.options, task=task), f"the annotator {self.spec.name!r}", task)

    def units(self) -> Units:
        return self.split.table.units.take(np.array([4, 0, 6]))

    def found_in_answer(self) -> str:
        annotator = self.built()
        annotator.request(self.units(), 0)
        answer = annotator.collect(0)
        _content(answer)  # the guard looks at what is read
        return ""

    def found_again(self) -> str:
        answers: list[Answer | None] = []
        annotator = self.built()
        for one in (annotator, annotator, self.built()):
            one.request(self.units(), 1)
            answers.append(one.collect(1))
        return "" if len({_content(answer) for answer in answers}) == 1 else "another answer"


def _content(answer: Answer | None) -> bytes:
    if answer is None:
        return b""
    return b"".join(repr(region).encode() + answer.read(region).tobytes() for region in answer.units)
