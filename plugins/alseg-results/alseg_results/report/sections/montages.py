"""The queried slices themselves, where the slice store is at hand."""

import base64
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from alcore import AlsegError
from alcore.records import SelectedSlice
from alseg_results.report.page import Picture
from alseg_results.report.stores import store_of
from alseg_results.report.subject import Subject
from alseg_results.runs import RunRecord

if TYPE_CHECKING:
    from alcore import SliceStore

TILE = 128
"""Longest side of a slice in a montage, in pixels."""
N_TILES = 48 * 8
"""Slices that are shown in all: they are what makes a page heavy."""
MOST_TILES = 8
"""Slices of one montage: half from the first round with a query, half from the last."""
SHADES = 32
"""Shades of grey in a montage: noise beyond them would only make the page heavier."""


def pictures(subject: Subject) -> tuple[tuple[Picture, ...], tuple[str, ...]]:
    """A montage of what each strategy queried, first seed; and a sentence for each that cannot be shown."""
    made: list[Picture] = []
    missing: dict[str, list[str]] = {}
    n_tiles = min(max(N_TILES // max(len(subject.pairs), 1), 2), MOST_TILES)
    shown = subject.pairs[: N_TILES // n_tiles]
    for dataset, strategy in shown:
        run = subject.runs_of(dataset, strategy)[0]
        rows = _chosen(run, n_tiles)
        if not rows:
            continue
        try:
            with store_of(run) as store:
                made.append(_picture(subject, run, rows, store))
        except AlsegError as error:
            missing.setdefault(error.message, []).append(f"{strategy} on {dataset}")
    sentences = [f"The slices queried by {', '.join(names)} are not shown: {why}." for why, names in missing.items()]
    if len(shown) < len(subject.pairs):
        sentences.append(f"Queried slices are shown of the first {len(shown)} strategies and datasets only.")
    return tuple(made), tuple(sentences)


def _chosen(run: RunRecord, n_tiles: int) -> list[SelectedSlice]:
    queried = [row for row in run.selections if row["kind"] == "query"]
    rounds = sorted({int(row["round"]) for row in queried})
    if not rounds:
        return []
    if len(rounds) == 1:
        return queried[:n_tiles]
    first, last = ([row for row in queried if int(row["round"]) == number] for number in (rounds[0], rounds[-1]))
    return [*first[: n_tiles // 2], *last[: n_tiles // 2]]


def _picture(subject: Subject, run: RunRecord, rows: Sequence[SelectedSlice], store: "SliceStore") -> Picture:
    from alcore.api.drawing import arranged, draw_slice, encode_png

    numbers = {name: number for number, name in enumerate(store.scans.ids)}
    tiles = [draw_slice(store, numbers[row["scan"]], int(row["position"]), largest=TILE) for row in rows]
    pixels = arranged([_coarse(tile) for tile in tiles], columns=4)
    rounds = sorted({int(row["round"]) for row in rows})
    which = f"round {rounds[0]}" if len(rounds) == 1 else f"rounds {rounds[0]} and {rounds[-1]}"
    return Picture(
        title=f"{run.label}: {subject.title(run.dataset)}",
        text=f"First slices queried in {which}, seed {run.seed}; contours are the true labels.",
        description="; ".join(map(_described, rows)),
        source="data:image/png;base64," + base64.b64encode(encode_png(pixels)).decode(),
        width=pixels.shape[1],
        height=pixels.shape[0],
        about={"dataset": run.dataset, "strategy": run.label},
    )


def _coarse(tile: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The tile with fewer shades of grey; contours keep their colours."""
    is_grey = (tile == tile[..., :1]).all(axis=-1, keepdims=True)
    step = 256 // SHADES
    return np.where(is_grey, tile // step * step, tile)


def _described(row: SelectedSlice) -> str:
    of = f" of {row['scan_slices']}" if row.get("scan_slices") else ""
    return f"round {row['round']}, scan {row['scan']}, slice {int(row['position']) + 1}{of}"
