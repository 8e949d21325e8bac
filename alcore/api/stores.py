"""Slice stores: find, describe, draw and verify them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from alcore.store.locate import data_dir as data_folder
from alcore.store.locate import list_stores, store_path

if TYPE_CHECKING:
    from alcore.store.describe import Spread, StoreDescription
    from alcore.store.info import StoreInfo
    from alcore.store.summary import StoreSummary

__all__ = [
    "DrawnScan",
    "Spread",
    "StoreDescription",
    "StoreSummary",
    "data_folder",
    "describe_store",
    "draw_scan",
    "ensure_store",
    "store_path",
    "summaries",
    "verify_store",
    "write_store_page",
]

Progress = Callable[[int, int], None]
"""Called with (done, in all)."""


def summaries(data_dir: Path | None = None) -> "list[StoreSummary]":
    """A line about each store in the data folder, damaged ones included.

    Args:
        data_dir: folder of the stores; ``ALSEG_DATA_DIR``, or else the user's data folder, by default.
    """
    from alcore.store.summary import summarise

    return [summarise(path) for path in list_stores(data_dir)]


def ensure_store(name: Path | str, *, data_dir: Path | None = None) -> Path:
    """The path of the store that ``name`` means; an embedded dataset is converted if need be.

    Args:
        name: a dataset's name or alias, the name of a store, or the path of one.
        data_dir: folder of the stores.

    Raises:
        AlsegError: there is no such store and none can be made without a source folder; the hint says how to make one.
    """
    from alcore.conversion.ensure import ensure_store as ensured
    from alcore.registry import Registry

    return ensured(str(name), Registry.installed(), folder=data_dir)


def describe_store(name: Path | str, *, data_dir: Path | None = None) -> "StoreDescription":
    """What a store contains; reads its index alone.

    Args:
        name: the store's name or path.
        data_dir: folder of the stores.

    Raises:
        AlsegError: there is no such store, or it is damaged.
    """
    from alcore.store.describe import describe_store as described

    return described(store_path(str(name), data_dir))


def verify_store(
    name: Path | str, *, data_dir: Path | None = None, progress: Progress = lambda done, total: None
) -> "StoreInfo":
    """Read a whole store and compare it with the checksums in it; returns what it says about itself.

    Args:
        name: the store's name or path.
        data_dir: folder of the stores.
        progress: told of scans done and scans in all.

    Raises:
        AlsegError: there is no such store, or it is damaged; the first broken scan is named.
    """
    from alcore.store.verify import verify

    return verify(store_path(str(name), data_dir), progress)


@dataclass(frozen=True)
class DrawnScan:
    """What was drawn.

    Args:
        scan: the scan's id.
        dataset: the dataset's name.
        synthetic: whether the images were generated, not measured.
    """

    scan: str
    dataset: str
    synthetic: bool


def draw_scan(
    name: Path | str,
    out: Path,
    *,
    scan: str | None = None,
    channel: int = 0,
    slices: int = 24,
    data_dir: Path | None = None,
) -> DrawnScan:
    """Draw slices of a scan, with the contours of their labels, as a PNG file.

    Args:
        name: the store's name or path.
        out: the file to write.
        scan: id of the scan; the first by default.
        channel: number of the image channel.
        slices: most slices to draw.
        data_dir: folder of the stores.

    Raises:
        AlsegError: there is no such store, scan or channel, or the file cannot be written.
    """
    from alcore.drawing.montage import find_scan, montage
    from alcore.drawing.png import write_png
    from alcore.store.reader import SliceStore

    with SliceStore.open(store_path(str(name), data_dir)) as store:
        number = find_scan(store, scan) if scan else 0
        write_png(out, montage(store, number, channel=channel, most=slices))
        return DrawnScan(store.scans.ids[number], store.info.dataset, store.info.synthetic)


def write_store_page(
    name: Path | str,
    folder: Path,
    *,
    pictures: int = 6,
    data_dir: Path | None = None,
    progress: Progress = lambda done, total: None,
) -> Path:
    """Describe a store on a page of HTML with pictures that needs nothing beside it; returns the file.

    Args:
        name: the store's name or path.
        folder: where the page is to be; made if need be.
        pictures: how many scans are drawn.
        data_dir: folder of the stores.
        progress: told of pictures done and pictures in all.

    Raises:
        AlsegError: there is no such store, it is damaged, or the page cannot be written.
    """
    from alcore.drawing.page import write_page

    return write_page(store_path(str(name), data_dir), folder, pictures=pictures, progress=progress)
