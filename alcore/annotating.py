"""What an annotator is asked and what it answers with; see :class:`alcore.Annotator`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from alcore.labels import LabelSpace
from alcore.regions import Region, Units

ReadLabels = Callable[[Region], NDArray[np.uint8]]
"""Gives the labels of a region: uint8 (slices, [classes,] rows, columns), ``IGNORED`` where nothing is known."""


@dataclass(frozen=True)
class AnnotationTask:
    """What a run asks of its annotator.

    Args:
        label_space: what the classes are.
        scan_ids: the scans of the pool.
        scan_sizes: (scans, 3) slices, rows and columns.
        spacing: (scans, 3) millimetres along (slices, rows, columns).
        truth: the labels of the store, for an annotator that is simulated.
        seed: the run's seed; :func:`alcore.random_generator` makes streams of it.
        directory: a folder of the annotator's own inside the run directory.
    """

    label_space: LabelSpace
    scan_ids: Sequence[str]
    scan_sizes: NDArray[np.int64]
    spacing: NDArray[np.float64]
    truth: ReadLabels
    seed: int
    directory: Path


@dataclass(frozen=True)
class Answer:
    """What an annotator has labelled of a request.

    Args:
        units: what is labelled: those that were asked for, or some of them.
        read: gives the labels of any region inside these units, the same ones whenever it is asked.
        seconds: the time that it took, None where nobody measured it.
    """

    units: Units
    read: ReadLabels
    seconds: float | None = None


class Annotator(Protocol):
    """Labels what a strategy has chosen. Built as ``Class(options, task=...)``, an :class:`AnnotationTask`.

    A run that goes on asks again for what was labelled, round after round from the first: the same request changes
    nothing, and has the same answer.
    """

    def request(self, units: Units, round_number: int) -> None:
        """Ask for the labels of these units, in the order of preference."""
        ...

    def collect(self, round_number: int) -> Answer | None:
        """What the request of that round came to; None as long as it is not answered.

        Raises:
            AlsegError: an answer cannot be used; it says which and why.
        """
        ...
