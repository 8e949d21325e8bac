"""The pool of training slices: which of them have a label, a pseudo-label or neither."""

import numpy as np
from numpy.typing import NDArray

from alcore.pool.table import SliceTable
from alcore.query import Indices, Status, unwritable


class Pool:
    """Annotation status of the training slices.

    Args:
        table: the slices.
        status: (n,) values of :class:`Status` to go on from; default: nothing is labelled.
    """

    def __init__(self, table: SliceTable, status: NDArray[np.uint8] | None = None) -> None:
        self.table = table
        self._status = np.full(len(table), Status.UNLABELLED, np.uint8) if status is None else status.copy()

    @property
    def status(self) -> NDArray[np.uint8]:
        """The status of every slice, as a copy that cannot be written."""
        return unwritable(self._status)

    def update(self, labelled: Indices, pseudo_labelled: Indices) -> None:
        """Mark slices; a true label is never replaced by a pseudo-label."""
        free = pseudo_labelled[self._status[pseudo_labelled] != Status.LABELLED]
        self._status[free] = Status.PSEUDO_LABELLED
        self._status[labelled] = Status.LABELLED

    def rows(self, *status: Status) -> Indices:
        """Slices of any of these statuses, in pool order."""
        return np.flatnonzero(np.isin(self._status, status))

    @property
    def exhausted(self) -> bool:
        """Whether every slice has a true label."""
        return bool((self._status == Status.LABELLED).all())
