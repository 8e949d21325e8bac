"""Fill the slices between the annotated ends of blocks with pseudo-labels."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from alcore.pool.annotations import Annotations, PseudoLabels
from alcore.query import Block, Interpolator


def fill_blocks(
    blocks: Sequence[Block], interpolator: Interpolator, annotations: Annotations
) -> tuple[PseudoLabels, int]:
    """Interpolate each block that has slices between its ends; entry k of a fill belongs to ``first + 1 + k``.

    Returns:
        The pseudo-labels, and the number of blocks that the interpolator could not fill.
    """
    filled: dict[int, NDArray[np.uint8]] = {}
    failures = 0
    for block in blocks:
        n_between = block.last - block.first - 1
        if n_between < 1:
            continue
        first, last = annotations.label(block.first), annotations.label(block.last)
        between = interpolator.fill(first, last, n_between)
        if between is None:
            failures += 1
            continue
        filled.update({block.first + 1 + k: label.astype(np.uint8) for k, label in enumerate(between)})
    return filled, failures
