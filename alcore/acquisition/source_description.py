"""Datasets that can write a first description of a folder."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np

from alcore.contracts import Dataset
from alcore.conversion.checks import check_listing, check_scan
from alcore.errors import AlsegError
from alcore.files import disk_errors
from alcore.registry import Component
from alcore.scans import SourceSketch

_SCANS_READ = 20


@runtime_checkable
class DescribesSource(Dataset, Protocol):
    """A dataset whose source folder holds a description that it can sketch."""

    def sketches(self, source: Path) -> Iterable[SourceSketch]:
        """Descriptions of ``source``, the likeliest first.

        Raises:
            AlsegError: there is one already, or nothing to describe; at the end, what stood in the way of others.
        """
        ...


def write_description(component: Component, source: Path) -> SourceSketch:
    """Write the first of a dataset's sketches of ``source`` by which it converts, and return it.

    Each is tried as conversion would: the scans are listed and checked, and some are read. One that fails is removed.

    Raises:
        AlsegError: this dataset needs none, or none that it makes of what it finds converts.
    """
    dataset = component.build(component.parse_options({}))
    if not isinstance(dataset, DescribesSource):
        raise AlsegError(f"the dataset {component.spec.name!r} needs no description", hint="convert its folder at once")
    fault = AlsegError(f"the dataset {component.spec.name!r} finds nothing in {source}")
    n_tried = 0
    try:
        for sketch in dataset.sketches(source):
            n_tried += 1
            try:
                with _written(sketch):
                    _check(dataset, component.spec.name, source)
            except AlsegError as error:
                fault = error if n_tried == 1 else fault
            else:
                return sketch
    except AlsegError as error:
        fault = fault if n_tried else error
    if n_tried:
        raise AlsegError(f"no description of {source} converts, so none is written: {fault.message}", hint=fault.hint)
    raise fault


@contextmanager
def _written(sketch: SourceSketch) -> Iterator[None]:
    """Write a sketch, never over a file; it goes again if the block fails."""
    with disk_errors(sketch.path), sketch.path.open("x", encoding="utf-8") as file:
        file.write(sketch.text)
    try:
        yield
    except BaseException:
        sketch.path.unlink()
        raise


def _check(dataset: Dataset, name: str, source: Path) -> None:
    listing = dataset.list_scans(source)
    check_listing(listing, name)
    places = np.linspace(0, len(listing.scans) - 1, min(_SCANS_READ, len(listing.scans))).round().astype(int)
    for place in np.unique(places):
        scan = listing.scans[place]
        check_scan(dataset.read_scan(scan), scan, listing, allow_empty=True)
