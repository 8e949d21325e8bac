"""Datasets and slice stores from Python."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alcore.registry import Registry
from alcore.specs import DatasetSpec

if TYPE_CHECKING:
    from alcore.store.reader import SliceStore


def open_store(name: Path | str, *, options: Mapping[str, Any] | None = None) -> "SliceStore":
    """Open the slice store of a dataset, by its name or path; an embedded dataset is converted on first use.

    Args:
        name: a dataset's name, a store's name, or the path of a store.
        options: options of an embedded dataset, such as ``{"scans": 6}`` for ``phantom``.

    Raises:
        AlsegError: there is no such store, or it is damaged; the hint says how to make one.
    """
    from alcore.conversion.ensure import ensure_store
    from alcore.store.reader import SliceStore

    return SliceStore.open(ensure_store(str(name), Registry.installed(), options=options))


def convert(
    dataset: str,
    source: Path | str | None = None,
    *,
    name: str | None = None,
    out: Path | str | None = None,
    test_fraction: float = 0.0,
    allow_empty: bool = False,
    force: bool = False,
    jobs: int | None = None,
    options: Mapping[str, Any] | None = None,
) -> "SliceStore":
    """Convert a dataset to a slice store, as ``alseg data convert`` does, and open it.

    Args:
        dataset: name of the dataset, such as ``hippocampus``, or ``folder`` for scans of one's own.
        source: folder that holds its files; None for an embedded dataset.
        name: name of the store; the dataset's by default.
        out: file to write; ``NAME.h5`` in the data folder by default.
        test_fraction: share of the training scans that is set aside for testing, in [0, 1).
        allow_empty: accept scans without any foreground.
        force: replace a store that is there already.
        jobs: processes that read scans; one per core by default.
        options: options of the dataset.

    Raises:
        AlsegError: a file is missing or damaged, or the store is there already; nothing half-written is left.
    """
    from alcore.conversion.convert import Conversion
    from alcore.conversion.convert import convert as convert_dataset
    from alcore.store.locate import store_path
    from alcore.store.reader import SliceStore

    component = Registry.installed().get(DatasetSpec, dataset)
    target = Path(out) if out is not None else store_path(name or component.spec.name)
    conversion = Conversion(jobs or os.cpu_count() or 1, test_fraction, allow_empty, overwrite=force, name=name)
    chosen = component.parse_options(options or {})
    convert_dataset(component, chosen, Path(source) if source is not None else None, target, conversion)
    return SliceStore.open(target)
