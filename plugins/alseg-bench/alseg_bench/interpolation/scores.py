"""Scores of the slices that an interpolator put between two annotated ones."""

import numpy as np
from numpy.typing import NDArray

from alcore import IGNORED

Labels = NDArray[np.uint8]


def dice_per_class(filled: Labels, truth: Labels, classes: NDArray[np.int64], multi_label: bool) -> NDArray[np.float64]:
    """Return (len(classes),) Dice over all voxels of a block's inner slices; NaN for a class absent from both.

    Args:
        filled: (slices, height, width), or (slices, classes, height, width) for multi-label data.
        truth: of the same shape. Voxels that either ignores count nowhere.
        classes: the class numbers.
        multi_label: which of the two shapes it is.
    """
    counted = (filled != IGNORED) & (truth != IGNORED)
    dice = np.full(len(classes), np.nan)
    for k, number in enumerate(classes):
        where, value = ((slice(None), number), 1) if multi_label else (..., number)
        ours, true = ((labels[where] == value) & counted[where] for labels in (filled, truth))
        total = np.count_nonzero(ours) + np.count_nonzero(true)
        if total:
            dice[k] = 2 * np.count_nonzero(ours & true) / total
    return dice


def published_score(filled_downwards: Labels, block: Labels, n_classes: int) -> float:
    """Score a block as the paper's code did, faults included; see :data:`alseg_bench.interpolation.WHY_THEY_DIFFER`.

    Args:
        filled_downwards: (n, height, width) fill from the block's last slice to its first.
        block: (n + 2, height, width) true labels of the block, upwards.
        n_classes: classes, background included.
    """
    dice = dice_per_class(filled_downwards, block[:-2], np.arange(n_classes), multi_label=False)
    return 1.0 if np.isnan(dice).any() else float(dice.mean())
