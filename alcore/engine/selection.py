"""The checks that every strategy's answer has to pass."""

import numpy as np

from alcore.errors import AlsegError
from alcore.query import Block, Fill, Query, Selection, Status


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
        return AlsegError(f"{origin} {what}", hint="this is a fault of that plugin: please report it to its author")

    if not isinstance(selection, Selection):
        raise fault(f"answered a query with {type(selection).__name__}, not with a Selection")
    indices = np.asarray(selection.indices)
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
    if selection.scores is not None and np.shape(selection.scores) != indices.shape:
        raise fault(f"gave {np.shape(selection.scores)} scores for {len(indices)} slices")
    fill = selection.fill
    if fill is not None and not (isinstance(fill, Fill) and 0 <= fill.weight <= 1):
        raise fault(f"gave {fill!r} to fill blocks with, which is no Fill with a weight from 0 to 1")
    if selection.blocks and fill is None:
        raise fault("gave blocks, but nothing to fill them with (Selection.fill)")
    for block in selection.blocks:
        if not isinstance(block, Block):
            raise fault(f"gave {block!r}, which is no Block")
        if not 0 <= block.first < block.last < len(query.scan) or query.scan[block.first] != query.scan[block.last]:
            raise fault(f"gave the block {block}, which is no run of slices of one scan")
        for end in (block.first, block.last):
            if query.status[end] != Status.LABELLED and end not in indices:
                raise fault(f"gave the block {block}, whose slice {end} is not annotated")
    return Selection(indices, tuple(selection.blocks), selection.scores, fill)
