"""The checks that every strategy's answer has to pass."""

from collections.abc import Callable
from numbers import Real

import numpy as np
from numpy.typing import NDArray

from alcore.errors import AlsegError, plugin_fault
from alcore.query import Block, Fill, Indices, Query, Selection, Status


def check_selection(selection: Selection, query: Query, origin: str) -> Selection:
    """Return the selection with its indices as int64 if it keeps the contract.

    Args:
        selection: the strategy's answer.
        query: what it was asked.
        origin: the strategy and where it comes from, for the message.

    Raises:
        AlsegError: the selection exceeds the budget, repeats a slice, names one that is labelled or not in the pool,
            is empty although slices are left, or has a block that is none.
    """

    def fault(what: str) -> AlsegError:
        return plugin_fault(origin, what)

    if not isinstance(selection, Selection):
        raise fault(f"answered a query with {type(selection).__name__}, not with a Selection")
    try:
        indices = np.asarray(selection.indices)
    except ValueError as error:
        raise fault(f"selected something that is no list of slice indices: {error}") from error
    if indices.ndim != 1 or (len(indices) and not np.issubdtype(indices.dtype, np.integer)):
        raise fault(f"selected an array of shape {indices.shape} and type {indices.dtype}, not a list of slice indices")
    indices = indices.astype(np.int64)
    if len(indices) > query.budget:
        raise fault(f"selected {len(indices)} slices with a budget of {query.budget}")
    if not len(indices):
        raise fault(f"selected nothing, though {len(query.candidates)} slices have no label")
    outside = indices[(indices < 0) | (indices >= len(query.status))]
    if len(outside):
        raise fault(f"selected slice {outside[0]}, but the pool has slices 0 to {len(query.status) - 1}")
    if len(np.unique(indices)) < len(indices):
        raise fault("selected a slice twice")
    labelled = indices[query.status[indices] == Status.LABELLED]
    if len(labelled):
        raise fault(f"selected slice {labelled[0]}, which has a label already")
    _check_apart(indices, query, fault)
    scores = selection.scores
    if scores is not None:
        if not isinstance(scores, np.ndarray) or scores.dtype.kind not in "fiu":
            kind = f"an array of {scores.dtype}" if isinstance(scores, np.ndarray) else f"a {type(scores).__name__}"
            raise fault(f"gave {kind} as scores, not an array of numbers")
        if scores.shape != indices.shape:
            raise fault(f"gave {scores.shape} scores for {len(indices)} slices")
    if not isinstance(selection.blocks, tuple | list):
        raise fault(f"gave a {type(selection.blocks).__name__} as blocks, not a tuple of them")
    fill = selection.fill
    if fill is not None and not (isinstance(fill, Fill) and isinstance(fill.weight, Real) and 0 <= fill.weight <= 1):
        raise fault(f"gave {fill!r:.100} to fill blocks with, which is no Fill with a weight from 0 to 1")
    if selection.blocks and query.units.kind != "slice":
        raise fault(f"gave blocks, which are made of slices, where {query.units.kind}s are chosen")
    if selection.blocks and fill is None:
        raise fault("gave blocks, but nothing to fill them with (Selection.fill)")
    for block in selection.blocks:
        if not isinstance(block, Block):
            raise fault(f"gave {block!r:.100}, which is no Block")
        if not all(
            isinstance(end, int | np.integer) and not isinstance(end, bool) for end in (block.first, block.last)
        ):
            raise fault(f"gave the block {block!r:.100}, whose ends are no slice indices")
        if not 0 <= block.first < block.last < len(query.scan) or query.scan[block.first] != query.scan[block.last]:
            raise fault(f"gave the block {block}, which is no run of slices of one scan")
        for end in (block.first, block.last):
            if query.status[end] != Status.LABELLED and end not in indices:
                raise fault(f"gave the block {block}, whose slice {end} is not annotated")
    return Selection(indices, tuple(selection.blocks), selection.scores, fill)


def _check_apart(indices: Indices, query: Query, fault: Callable[[str], AlsegError]) -> None:
    """Check that units do not overlap, and that not too many are of one scan."""
    units = query.units.take(indices)
    most = int(np.bincount(units.scan).max())
    if query.most_per_scan and most > query.most_per_scan:
        raise fault(f"selected {most} units of one scan, where at most {query.most_per_scan} may be chosen")
    if units.kind == "patch":
        allowed = query.overlap * units.voxels
        for later in range(1, len(units)):
            over = np.flatnonzero(units.take(np.arange(later)).shared_with(units[later]) > allowed[later])
            if len(over):
                raise fault(
                    f"selected the patches {indices[over[0]]} and {indices[later]}, which overlap: query.apart chooses "
                    "patches that do not"
                )


def narrowed(selection: Selection, labelled: Indices, status: NDArray[np.uint8]) -> Selection:
    """What of a selection was labelled, if an annotator has left out a part; blocks keep that have both their ends.

    Args:
        selection: what was chosen.
        labelled: what of it was labelled.
        status: of every slice, now.
    """
    kept = np.isin(selection.indices, labelled)
    if kept.all():
        return selection
    scores = None if selection.scores is None else selection.scores[kept]
    blocks = (item for item in selection.blocks if (status[[item.first, item.last]] == Status.LABELLED).all())
    return Selection(selection.indices[kept], tuple(blocks), scores, selection.fill)
