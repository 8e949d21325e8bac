"""What a query strategy sees and what it answers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from alcore.labels import LabelSpace

if TYPE_CHECKING:
    from torch import Tensor

Indices = NDArray[np.int64]


class Status(IntEnum):
    """Annotation status of a slice of the pool."""

    UNLABELLED = 0
    LABELLED = 1
    PSEUDO_LABELLED = 2


class Predictor(Protocol):
    """The current model, applied to slices of the pool. Padding never enters what it returns.

    Slices are batched by their size, so results come in an order of the predictor's choosing; each batch says which
    entries of ``indices`` it answers.
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

    def features(self, indices: Indices) -> NDArray[np.float32]:
        """Return (len(indices), channels): the model's feature layer, max-pooled over space.

        Raises:
            AlsegError: the model names no feature layer.
        """
        ...


@dataclass(frozen=True)
class Query:
    """All that a query strategy sees: the pool without its labels, the budget, a generator, the model.

    Slices are in pool order: scan after scan, by position within a scan. Arrays are read-only.

    Args:
        scan: (n,) index of the scan that each slice belongs to, non-decreasing.
        position: (n,) position of each slice in its scan, from 0.
        status: (n,) values of :class:`Status`.
        budget: the number of slices to choose, at least 1.
        round: the number of the round, from 1.
        label_space: what the classes are.
        rng: a generator of this query's own, seeded by (seed, "query", round).
        predictor: the model of the previous round, applied to the pool.
    """

    scan: NDArray[np.int32]
    position: NDArray[np.int32]
    status: NDArray[np.uint8]
    budget: int
    round: int
    label_space: LabelSpace
    rng: np.random.Generator
    predictor: Predictor

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


@dataclass(frozen=True)
class Block:
    """Adjacent slices of one scan of which only ``first`` and ``last`` (pool indices, inclusive) are annotated."""

    first: int
    last: int


@dataclass(frozen=True)
class Selection:
    """A strategy's answer.

    Args:
        indices: pool indices to annotate, in order of preference, unique, none with a true label, at most the budget.
        blocks: blocks whose first and last slice are among ``indices`` or labelled already, to be interpolated.
        scores: (len(indices),) what made each slice preferable, for the record; None where there is no score.
    """

    indices: Indices
    blocks: tuple[Block, ...] = ()
    scores: NDArray[np.float64] | None = None
