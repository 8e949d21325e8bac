"""Pictures of slices with their truth and prediction."""

import numpy as np
from numpy.typing import NDArray

from alcore import LabelSpace

PALETTE = np.array(
    [[230, 97, 1], [94, 60, 153], [27, 158, 119], [217, 95, 175], [102, 166, 30], [230, 171, 2], [31, 120, 180]],
    dtype=np.float32,
) / np.float32(255)
"""Colours of the foreground classes, told apart by colour-blind readers too; repeated where there are more."""

OPACITY = 0.5
GAP = 2


def picture(
    image: NDArray[np.float32], truth: NDArray[np.uint8], prediction: NDArray[np.uint8], label_space: LabelSpace
) -> NDArray[np.float32]:
    """Image, truth and prediction side by side.

    Args:
        image: (channels, height, width); the first channel is shown, stretched to its range.
        truth: (height, width) class numbers, or (classes, height, width) masks.
        prediction: the same shape.
        label_space: what the classes are.

    Returns:
        (3, height, 3 * width + gaps), in [0, 1].
    """
    grey = _stretched(image[0])
    panels = [grey, _overlaid(grey, truth, label_space), _overlaid(grey, prediction, label_space)]
    gap = np.ones((3, grey.shape[1], GAP), np.float32)
    return np.concatenate([panels[0], gap, panels[1], gap, panels[2]], axis=2)


def _stretched(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    low, high = float(plane.min()), float(plane.max())
    grey = (plane - low) / (high - low) if high > low else np.zeros_like(plane)
    return np.repeat(grey[None].astype(np.float32), 3, axis=0)


def _overlaid(grey: NDArray[np.float32], label: NDArray[np.uint8], label_space: LabelSpace) -> NDArray[np.float32]:
    coloured = grey.copy()
    for number, mask in enumerate(label_space.class_masks(label)):
        colour = PALETTE[number % len(PALETTE)]
        coloured[:, mask] = (1 - OPACITY) * coloured[:, mask] + OPACITY * colour[:, None]
    return coloured


def stacked(pictures: list[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Pictures of any size below one another on white, (3, height, width)."""
    width = max(item.shape[2] for item in pictures)
    rows = []
    for item in pictures:
        row = np.ones((3, item.shape[1] + GAP, width), np.float32)
        row[:, : item.shape[1], : item.shape[2]] = item
        rows.append(row)
    return np.concatenate(rows, axis=1)
