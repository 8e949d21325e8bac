"""An annotator under guard: it answers as its contract says, or with an error that names it."""

import numpy as np
from numpy.typing import NDArray

from alcore.annotating import AnnotationTask, Annotator, Answer
from alcore.errors import AlsegError, plugin_fault
from alcore.guards.plugin_code import plugin_code
from alcore.labels import IGNORED
from alcore.regions import Region, Units


class GuardedAnnotator:
    """Implements :class:`alcore.Annotator` by another one.

    Args:
        inner: the annotator.
        label: the annotator and its distribution, for messages.
        task: what it was built for.
    """

    def __init__(self, inner: Annotator, label: str, task: AnnotationTask) -> None:
        self._inner = inner
        self._label = label
        self._task = task
        self._asked: dict[int, Units] = {}

    def request(self, units: Units, round_number: int) -> None:
        """Ask for the labels of these units."""
        self._asked[round_number] = units
        with plugin_code(self._label):
            self._inner.request(units, round_number)

    def collect(self, round_number: int) -> Answer | None:
        """What the request of that round came to."""
        with plugin_code(self._label):
            answer = self._inner.collect(round_number)
        if answer is None:
            return None
        if fault := self._fault_of(answer, round_number):
            raise plugin_fault(self._label, fault)
        return Answer(answer.units, lambda region: self._read(answer, region), answer.seconds)

    def _fault_of(self, answer: Answer, round_number: int) -> str:
        if not isinstance(answer, Answer) or not isinstance(answer.units, Units):
            return f"answered a request with a {type(answer).__name__}, not with an Answer for Units"
        if not len(answer.units):
            return "answered a request without labelling anything; while it waits, the answer is None"
        foreign = set(answer.units) - set(self._asked[round_number])
        if foreign:
            return f"labelled {min(foreign)}, which was not asked for"
        seconds = answer.seconds
        if seconds is not None and not (isinstance(seconds, int | float) and 0 <= seconds < float("inf")):
            return f"gave {seconds!r:.100} as the seconds that it took"
        return ""

    def _read(self, answer: Answer, region: Region) -> NDArray[np.uint8]:
        try:  # in the thread that reads ahead, too: what plugin_code sets back is the main thread's
            labels = answer.read(region)
        except Exception as error:
            error.add_note(f"raised in {self._label}")
            raise
        space = self._task.label_space
        (start, top, left), (stop, bottom, right) = region.lower, region.upper
        shape = (stop - start, *space.leading_shape, bottom - top, right - left)
        if not isinstance(labels, np.ndarray) or labels.shape != shape or labels.dtype != np.uint8:
            got = f"{labels.dtype} of {labels.shape}" if isinstance(labels, np.ndarray) else type(labels).__name__
            raise plugin_fault(self._label, f"gave labels of {region} as {got}, not uint8 of {shape}")
        largest = 1 if space.multi_label else space.n_classes - 1
        if ((labels > largest) & (labels != IGNORED)).any():
            foreign = int(labels[(labels > largest) & (labels != IGNORED)][0])
            scan = self._task.scan_ids[region.scan]
            raise AlsegError(
                f"{self._label} labelled a voxel of {scan!r} as {foreign}, which is no class",
                hint=f"classes are the numbers from 0 to {largest}, and {IGNORED} where nothing is known",
            )
        return labels
