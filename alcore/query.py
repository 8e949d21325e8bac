"""What a query strategy sees and what it answers."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from alcore.labels import LabelSpace
from alcore.regions import Units

if TYPE_CHECKING:
    from torch import Tensor

Indices = NDArray[np.int64]

T = TypeVar("T", bound=np.generic)


def unwritable(array: NDArray[T]) -> NDArray[T]:
    """A copy of ``array`` that no flag makes writeable: its memory is that of a ``bytes`` object."""
    copy: NDArray[Any] = np.frombuffer(array.tobytes(), array.dtype).reshape(array.shape)
    return copy


def unwritable_units(units: Units) -> Units:
    """A copy of ``units`` whose arrays nothing makes writeable."""
    return Units(units.kind, unwritable(units.scan), unwritable(units.lower), unwritable(units.upper))


class Status(IntEnum):
    """Annotation status of a slice of the pool."""

    UNLABELLED = 0
    LABELLED = 1
    PSEUDO_LABELLED = 2


Reduction = Literal["mean", "sum"]
"""How the pixels of a unit become one score."""


CANDIDATES_AT_ONCE = 4096
"""Candidates that are compared with what was chosen in one step."""


class Predictor(Protocol):
    """The current model, applied to units of the pool. Padding never enters what it returns.

    Units are batched by their size, so results come in an order of the predictor's choosing; each batch says which
    entries of ``indices`` it answers. The slices of a patch or volume lie below each other: height is the number of
    slices times their rows.
    """

    def probabilities(self, indices: Indices) -> Iterator[tuple[Indices, "Tensor"]]:
        """Yield ``(where, p)``: p of shape (k, classes, height, width) in [0, 1] belongs to ``indices[where]``."""
        ...

    def images(self, indices: Indices) -> Iterator[tuple[Indices, "Tensor"]]:
        """Yield ``(where, x)``: normalised images x of shape (k, channels, height, width) of ``indices[where]``."""
        ...

    def scores(self, indices: Indices, score: Callable[["Tensor"], "Tensor"]) -> NDArray[np.float64]:
        """Apply ``score``, which maps (k, classes, height, width) probabilities to (k,), and return (len(indices),).

        Raises:
            AlsegError: the model predicts NaN.
        """
        ...

    def pixel_scores(
        self, indices: Indices, score: Callable[["Tensor"], "Tensor"], reduction: Reduction
    ) -> NDArray[np.float64]:
        """Apply ``score``, which maps (k, classes, height, width) probabilities to (k, height, width), and reduce.

        The same as :meth:`scores` with the reduction in ``score``, but each pixel of overlapping patches is computed
        once.

        Returns:
            (len(indices),) the mean or the sum over the pixels of each unit.

        Raises:
            AlsegError: the model predicts NaN.
        """
        ...

    def features(self, indices: Indices) -> NDArray[np.float32]:
        """Return (len(indices), channels): the model's feature layer, max-pooled over the space of whole slices.

        Raises:
            AlsegError: the model names no feature layer.
        """
        ...

    def samples(self, indices: Indices) -> Iterator[tuple[Indices, "Tensor"]]:
        """Yield ``(where, p)``: p of shape (members, k, classes, height, width) belongs to ``indices[where]``.

        Probabilities are in [0, 1]. There are two members at least, and each is the same function for all slices.

        Raises:
            AlsegError: the learner has no committee, or a member predicts NaN.
        """
        ...


class KnownLabels:
    """The labels that were paid for, as copies: nothing here leads to any other label.

    A strategy gets them whose spec says that it needs ``labels``; for all others there is none.

    Args:
        labels: by pool index, (height, width) class numbers or (classes, height, width) of 0 and 1.
        label_space: what the classes are.
    """

    def __init__(self, labels: Mapping[int, NDArray[np.uint8]], label_space: LabelSpace) -> None:
        self._labels = {index: unwritable(label) for index, label in labels.items()}
        self._label_space = label_space

    def label(self, index: int) -> NDArray[np.uint8]:
        """The label of one slice: (height, width), or (classes, height, width) for multi-label data.

        Raises:
            LookupError: the slice has no true label, or the strategy's spec does not ask for labels.
        """
        if index not in self._labels:
            raise LookupError(
                f"slice {index} has no true label that this strategy may see: it can ask for slices of query.labelled, "
                "if its spec says needs=frozenset({'labels'})"
            )
        return self._labels[index]

    def voxels(self, indices: Indices) -> NDArray[np.int64]:
        """Voxels of each foreground class in each slice, (len(indices), foreground classes).

        Raises:
            LookupError: as in :meth:`label`.
        """
        counts = [
            [int(np.count_nonzero(mask)) for mask in self._label_space.class_masks(self.label(int(index)))]
            for index in indices
        ]
        return np.array(counts, np.int64).reshape(len(indices), len(self._label_space.foreground))


@dataclass(frozen=True)
class Query:
    """All that a query strategy sees: the pool, its images by way of the model, and no label that was not paid for.

    What may be chosen are units: slices, unless ``loop.unit`` says otherwise. They are in pool order: scan after scan,
    by position within a scan. Arrays are copies that cannot be written.

    Args:
        units: where each of the n units lies.
        status: (n,) values of :class:`Status`; a patch or volume is labelled if no more of it may be chosen.
        spacing: (scans, 3) millimetres along (slices, rows, columns).
        overlap: the share of a unit that may overlap what was chosen before; 0 for slices and volumes, which are apart.
        most_per_scan: the most units of one scan that may be chosen at a time; 0 for any number.
        budget: the number of units to choose, at least 1.
        round: the number of the round; 0 asks for the first slices, before there is a model.
        rounds: the number of the last round; 0 where nobody knows it.
        label_space: what the classes are.
        rng: a generator of this query's own, seeded by (seed, "query", round).
        predictor: the model of the previous round, applied to the pool; in round 0 it only shows images.
        known: the labels that were paid for, if the strategy's spec asks for them.
    """

    units: Units
    status: NDArray[np.uint8]
    spacing: NDArray[np.float64]
    overlap: float
    most_per_scan: int
    budget: int
    round: int
    rounds: int
    label_space: LabelSpace
    rng: np.random.Generator
    predictor: Predictor
    known: KnownLabels

    @property
    def scan(self) -> NDArray[np.int32]:
        """Index of the scan that each unit belongs to, (n,), non-decreasing."""
        return self.units.scan

    @cached_property
    def position(self) -> NDArray[np.int32]:
        """Position of each unit's first slice in its scan, from 0, (n,)."""
        return unwritable(self.units.lower[:, 0])

    @cached_property
    def height(self) -> NDArray[np.int32]:
        """Rows of each unit, (n,)."""
        return unwritable(self.units.upper[:, 1] - self.units.lower[:, 1])

    @cached_property
    def width(self) -> NDArray[np.int32]:
        """Columns of each unit, (n,)."""
        return unwritable(self.units.upper[:, 2] - self.units.lower[:, 2])

    @cached_property
    def candidates(self) -> Indices:
        """Slices without a true label, in pool order: the ones that may be chosen."""
        return np.flatnonzero(self.status != Status.LABELLED)

    @cached_property
    def unlabelled(self) -> Indices:
        """Slices with neither a label nor a pseudo-label, in pool order."""
        return np.flatnonzero(self.status == Status.UNLABELLED)

    @cached_property
    def labelled(self) -> Indices:
        """Slices with a true label, in pool order."""
        return np.flatnonzero(self.status == Status.LABELLED)

    @property
    def n_scans(self) -> int:
        """Number of scans in the pool."""
        return int(self.scan[-1]) + 1 if len(self.scan) else 0

    def apart(self, order: Indices, count: int) -> Indices:
        """The first ``count`` units of ``order`` that may be chosen together; fewer where there are no more.

        Of units that overlap by more than ``overlap``, and of one scan's beyond ``most_per_scan``, the earlier ones
        count. Slices and volumes do not overlap, so these are the first ``count``, if any number may come of a scan.

        Args:
            order: candidates, best first.
            count: how many are wanted.
        """
        if not self.most_per_scan and self.units.kind != "patch":
            return order[:count]
        chosen: list[int] = []
        of_scan = np.zeros(self.n_scans, np.int64)
        most = self.most_per_scan or count
        for start in range(0, len(order), CANDIDATES_AT_ONCE):
            part = order[start : start + CANDIDATES_AT_ONCE]
            units = self.units.take(part)
            allowed = self.overlap * units.voxels
            free = of_scan[units.scan] < most
            for index in chosen:
                free &= units.shared_with(self.units[index]) <= allowed
            while len(chosen) < count and free.any():
                place = int(free.argmax())
                chosen.append(int(part[place]))
                of_scan[units.scan[place]] += 1
                free &= (units.shared_with(units[place]) <= allowed) & (of_scan[units.scan] < most)
                free[place] = False
            if len(chosen) == count:
                break
        return np.array(chosen, np.int64)


@dataclass(frozen=True)
class Block:
    """Adjacent slices of one scan of which only ``first`` and ``last`` (pool indices, inclusive) are annotated."""

    first: int
    last: int


class Interpolator(Protocol):
    """Fills the slices between two annotated ones. Built as ``Class(options)``."""

    def fill(self, first: NDArray[np.uint8], last: NDArray[np.uint8], n_between: int) -> NDArray[np.uint8] | None:
        """Return the labels between ``first`` and ``last``, or None where they cannot be interpolated.

        Args:
            first: label of the first slice: (height, width), or (classes, height, width) for multi-label data.
            last: label of the last slice, of the same shape.
            n_between: the number of slices between them, at least 1.

        Returns:
            (n_between, *first.shape); entry k belongs to the position of ``first`` + 1 + k.
        """
        ...


@dataclass(frozen=True)
class Fill:
    """How the slices inside blocks get their pseudo-labels, and what those count.

    Args:
        interpolator: fills a block between its annotated ends.
        weight: the weight of every pseudo-label of the pool in this round's loss, in [0, 1]; a true label weighs 1.
    """

    interpolator: Interpolator
    weight: float = 1.0


@dataclass(frozen=True)
class Selection:
    """A strategy's answer.

    Args:
        indices: pool indices to annotate, in order of preference, unique, none with a true label, at most the budget.
        blocks: blocks whose first and last slice are among ``indices`` or labelled already, to be interpolated.
        scores: (len(indices),) what made each slice preferable, for the record; None where there is no score.
        fill: how blocks are filled; blocks need one. Without it, pseudo-labels of earlier rounds weigh 1.
    """

    indices: Indices
    blocks: tuple[Block, ...] = ()
    scores: NDArray[np.float64] | None = None
    fill: Fill | None = None
