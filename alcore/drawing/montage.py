"""A picture of a scan: slices side by side, with the contours of their labels."""

import math
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alcore.errors import AlsegError
from alcore.store.format import percentile_name
from alcore.store.reader import SliceStore

COLOURS = np.array(
    [[230, 60, 60], [70, 200, 90], [80, 140, 255], [250, 200, 40], [220, 90, 220], [60, 210, 210], [255, 140, 40]],
    np.uint8,
)
"""Colour of each foreground class, in turn."""

_SMALLEST_TILE = 160
_SMALLEST_OVERLAY = 240
_DASH = 6
_GAP = 4


def find_scan(store: SliceStore, name: str) -> int:
    """The number of the scan with that id.

    Raises:
        AlsegError: there is none; the hint suggests the nearest.
    """
    if name in store.scans.ids:
        return store.scans.ids.index(name)
    near = get_close_matches(name, store.scans.ids, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"the first is {store.scans.ids[0]!r}"
    raise AlsegError(f"{store.path} has no scan {name!r}", hint=hint)


def montage(
    store: SliceStore, scan: int, *, channel: int = 0, most: int = 24, largest: int | None = None
) -> NDArray[np.uint8]:
    """Draw up to ``most`` slices, evenly taken, in reading order.

    Intensities run from the scan's percentile 0.5 (black) to 99.5 (white).

    Args:
        store: the store.
        scan: number of the scan.
        channel: number of the image channel.
        most: most slices to draw.
        largest: pixels that a side of a slice may have; of larger slices every n-th pixel is drawn.

    Returns:
        (height, width, 3) red, green and blue.

    Raises:
        AlsegError: there is no such channel, or the scan cannot be read.
    """
    names = store.info.channel_names
    if not 0 <= channel < len(names):
        raise AlsegError(f"there is no channel {channel}; {store.info.dataset} has {len(names)}, counted from 0")
    n_slices = int(store.scans.n_slices[scan])
    positions = np.unique(np.linspace(0, n_slices - 1, min(most, n_slices)).round().astype(int)).tolist()
    return arranged([draw_slice(store, scan, place, channel=channel, largest=largest) for place in positions])


def draw_slice(
    store: SliceStore, scan: int, position: int, *, channel: int = 0, largest: int | None = None
) -> NDArray[np.uint8]:
    """Draw one slice with the contours of its labels; small ones are magnified.

    Args:
        store: the slice store.
        scan: number of the scan.
        position: of the slice in its scan.
        channel: the image channel.
        largest: longest side of a slice in pixels, for which rows and columns are skipped; None skips none.

    Returns:
        (height, width, 3) red, green and blue.

    Raises:
        AlsegError: the scan cannot be read.
    """
    low, high = (store.scans.statistics[percentile_name(share)][scan, channel] for share in (0.5, 99.5))
    longest = int(max(store.scans.height[scan], store.scans.width[scan]))
    step = math.ceil(longest / largest) if largest else 1
    grey = _grey(store.read_image(scan, position)[channel, ::step, ::step], low, high)
    return _tile(grey, _class_masks(store, scan, position)[:, ::step, ::step])


def overlay(
    image: NDArray[Any], truth: NDArray[np.bool_], prediction: NDArray[np.bool_], *, most: int = 24
) -> NDArray[np.uint8]:
    """Draw up to ``most`` slices with the contours of truth (full) and prediction (dashed), in reading order.

    Slices are taken evenly from those with foreground in either; where there is none, from all.

    Args:
        image: (slices, height, width).
        truth: (foreground classes, slices, height, width).
        prediction: the same shape.
        most: see above.

    Returns:
        (height, width, 3) red, green and blue.
    """
    low, high = (float(value) for value in np.percentile(image, (0.5, 99.5)))
    shown = np.flatnonzero((truth | prediction).any(axis=(0, 2, 3)))
    shown = shown if len(shown) else np.arange(len(image))
    places = np.unique(np.linspace(0, len(shown) - 1, min(most, len(shown))).round().astype(int))
    return arranged([_overlaid(_grey(image[k], low, high), truth[:, k], prediction[:, k]) for k in shown[places]])


def _grey(image: NDArray[Any], low: float, high: float) -> NDArray[np.uint8]:
    grey: NDArray[np.uint8] = np.clip((image.astype(np.float64) - low) / max(high - low, 1e-12) * 255, 0, 255).astype(
        np.uint8
    )
    return grey


def _class_masks(store: SliceStore, scan: int, position: int) -> NDArray[np.bool_]:
    """(foreground classes, height, width)."""
    return store.info.label_space.class_masks(store.read_label(scan, position))


def _tile(grey: NDArray[np.uint8], masks: NDArray[np.bool_], smallest: int = _SMALLEST_TILE) -> NDArray[np.uint8]:
    """One slice with full contours, magnified to ``smallest`` pixels if need be."""
    scale = math.ceil(smallest / max(grey.shape))
    tile = np.stack([_magnified(grey, scale)] * 3, axis=-1)
    for number, mask in enumerate(masks):
        tile[_contour(_magnified(mask, scale), max(1, scale // 2))] = COLOURS[number % len(COLOURS)]
    return tile


def _overlaid(grey: NDArray[np.uint8], truth: NDArray[np.bool_], prediction: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """One slice with the full contours of the truth, and dashed ones of the prediction between black gaps."""
    tile = _tile(grey, truth, _SMALLEST_OVERLAY)
    scale = tile.shape[0] // grey.shape[0]
    # A steepness of two keeps dashes apart along rows, columns and both diagonals.
    dashes = np.add.outer(2 * np.arange(tile.shape[0]), np.arange(tile.shape[1])) % (2 * _DASH) < _DASH
    for number, mask in enumerate(prediction):
        drawn = _contour(_magnified(mask, scale), max(1, scale // 2))
        tile[drawn] = 0
        tile[drawn & dashes] = COLOURS[number % len(COLOURS)]
    return tile


def _magnified(pixels: NDArray[Any], scale: int) -> NDArray[Any]:
    return pixels.repeat(scale, axis=0).repeat(scale, axis=1)


def _contour(mask: NDArray[np.bool_], width: int) -> NDArray[np.bool_]:
    """Pixels of ``mask`` within ``width`` steps to one of the four sides of what is outside it."""
    inner = mask
    for _ in range(width):
        padded = np.pad(inner, 1)
        inner = inner & padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    contour: NDArray[np.bool_] = mask & ~inner
    return contour


def arranged(tiles: Sequence[NDArray[np.uint8]], columns: int | None = None) -> NDArray[np.uint8]:
    """Put (height, width, 3) tiles side by side in reading order, the smaller ones on black.

    Args:
        tiles: at least one.
        columns: tiles in a row; None makes the picture about one and a half times as wide as high.
    """
    height, width = (max(tile.shape[axis] for tile in tiles) for axis in (0, 1))
    columns = min(columns or _columns(len(tiles), height / width), len(tiles))
    rows = math.ceil(len(tiles) / columns)
    canvas = np.zeros((rows * (height + _GAP) - _GAP, columns * (width + _GAP) - _GAP, 3), np.uint8)
    for number, tile in enumerate(tiles):
        top, left = number // columns * (height + _GAP), number % columns * (width + _GAP)
        canvas[top : top + tile.shape[0], left : left + tile.shape[1]] = tile
    return canvas


def _columns(n_tiles: int, steepness: float) -> int:
    """Tiles in a row; of the numbers near the wished one that with the fewest empty places."""
    wished = min(math.ceil(math.sqrt(n_tiles * steepness * 1.5)), n_tiles)
    near = range(max(1, wished - 1), min(wished + 1, n_tiles) + 1)
    return min(near, key=lambda number: (-n_tiles % number, abs(number - wished)))
