"""A store described on one page of HTML that needs nothing beside it."""

import base64
import math
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from alcore.drawing.montage import COLOURS, montage
from alcore.drawing.png import encode_png
from alcore.errors import library_needed
from alcore.files import make_folder, write_text
from alcore.store.describe import Spread, StoreDescription, describe_store
from alcore.store.reader import SliceStore

_TEMPLATE = "page.html.j2"
_LARGEST_SLICE = 256
_SLICES_PER_PICTURE = 12
_MOST_ROWS = 2000
_GROUPED = 10_000
"""Numbers from here on are written in groups of three digits."""

Progress = Callable[[int, int], None]
"""Called with (pictures drawn, pictures in all)."""


@dataclass(frozen=True)
class Picture:
    """A montage of one scan.

    Args:
        scan: the scan's id.
        caption: what is to be said of it.
        source: the PNG image as a data address.
        width: pixels.
        height: pixels.
    """

    scan: str
    caption: str
    source: str
    width: int
    height: int


def write_page(path: Path, folder: Path, *, pictures: int = 6, progress: Progress = lambda done, total: None) -> Path:
    """Write ``<store>.html`` into ``folder``, which is made if need be, and return its path.

    Args:
        path: the store.
        folder: where the page is to be.
        pictures: how many scans are drawn, evenly taken from those ordered by their share of foreground.
        progress: told after each picture.

    Raises:
        AlsegError: there is no such store, it is damaged, or the page cannot be written.
    """
    described = describe_store(path)
    with SliceStore.open(path) as store:
        page = _rendered(described, store, _draw(store, pictures, progress))
    target = folder / f"{path.stem}.html"
    make_folder(folder)
    write_text(target, page)
    return target


def _draw(store: SliceStore, most: int, progress: Progress) -> list[Picture]:
    table = store.scans
    voxels = table.n_slices.astype(np.int64) * table.height * table.width
    share = table.class_voxels[:, list(store.info.label_space.foreground)].sum(axis=1) / voxels
    order = np.argsort(share, kind="stable")
    places = np.unique(np.linspace(0, len(order) - 1, min(most, len(order))).round().astype(int))
    drawn: list[Picture] = []
    progress(0, len(places))
    for scan in order[places].tolist():
        pixels = montage(store, scan, most=_SLICES_PER_PICTURE, largest=_LARGEST_SLICE)
        encoded = base64.b64encode(encode_png(pixels)).decode()
        caption = f"{table.n_slices[scan]} slices, {share[scan]:.2%} foreground, {table.split[scan]}"
        picture = Picture(
            table.ids[scan], caption, f"data:image/png;base64,{encoded}", pixels.shape[1], pixels.shape[0]
        )
        drawn.append(picture)
        progress(len(drawn), len(places))
    return drawn


def _rendered(described: StoreDescription, store: SliceStore, pictures: list[Picture]) -> str:
    with library_needed("pages about stores"):
        from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["figure"] = _figure
    environment.filters["count"] = _count
    environment.filters["percent"] = _percent
    text = resources.files("alcore.drawing").joinpath(_TEMPLATE).read_text(encoding="utf-8")
    across, down, along = described.spacing
    sizes: dict[str, Spread] = {
        "slices per scan": described.slices_per_scan,
        "height, voxels": described.height,
        "width, voxels": described.width,
        "slice spacing, mm": across,
        "row spacing, mm": down,
        "column spacing, mm": along,
    }
    foreground = set(store.info.label_space.foreground_names)
    colours = {name: _colour(number) for number, name in enumerate(store.info.label_space.foreground_names)}
    return environment.from_string(text).render(
        described=described,
        channel=store.info.channel_names[0],
        n_channels=len(store.info.channel_names),
        n_slices=sum(described.slices.values()),
        n_foreground=sum(described.foreground_slices.values()),
        n_scans=sum(described.scans.values()),
        sizes=sizes,
        colours=colours,
        greatest_share=max((described.class_shares[name] for name in foreground), default=0) or 1,
        pictures=pictures,
        rows=_rows(store),
        n_hidden=max(0, len(store.scans) - _MOST_ROWS),
    )


def _rows(store: SliceStore) -> list[dict[str, Any]]:
    table = store.scans
    return [
        {
            "id": table.ids[scan],
            "split": str(table.split[scan]),
            "size": f"{table.n_slices[scan]} × {table.height[scan]} × {table.width[scan]}",
            "spacing": " × ".join(f"{value:.3g}" for value in table.spacing[scan]),
            "foreground": int(table.foreground_slices[scan]),
            "warnings": table.warnings[scan],
        }
        for scan in range(min(len(table), _MOST_ROWS))
    ]


def _colour(number: int) -> str:
    red, green, blue = COLOURS[number % len(COLOURS)]
    return f"#{red:02x}{green:02x}{blue:02x}"


def _figure(value: float) -> str:
    if math.isnan(value):
        return "–"
    return f"{value:.4g}" if abs(value) < _GROUPED else _count(round(value))


def _count(number: int) -> str:
    return f"{number:,}".replace(",", "\N{NARROW NO-BREAK SPACE}") if abs(number) >= _GROUPED else str(number)


def _percent(share: float) -> str:
    return f"{share:.1%}" if share >= 0.01 else f"{share:.3%}"
