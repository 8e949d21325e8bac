"""Convert a dataset to a slice store: worker processes read and check scans, this process writes them."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from alcore.errors import AlsegError
from alcore.registry import Component
from alcore.scans import DatasetListing
from alcore.specs import DatasetSpec, Options
from alcore.store import format
from alcore.store.checks import check_listing
from alcore.store.info import ScanTable, StoreInfo, fingerprint
from alcore.store.prepare import prepare
from alcore.store.splits import draw_test_scans
from alcore.store.workers import read_ahead
from alcore.store.writer import StoreWriter

Progress = Callable[[int, int], None]
"""Called with (scans written, scans in all): at the start, and after each scan."""


@dataclass(frozen=True)
class Conversion:
    """How to convert.

    Args:
        jobs: worker processes that read scans; 1 reads in this process.
        test_fraction: share of the training scans that is set aside as a test split, in [0, 1).
        allow_empty: whether scans without any foreground are accepted.
        overwrite: whether a store that is there already is replaced.
        wait: seconds to wait while another process writes the same store.
        name: what the store calls its dataset, if not by the dataset's own name.
    """

    jobs: int = 1
    test_fraction: float = 0.0
    allow_empty: bool = False
    overwrite: bool = False
    wait: float = 0.0
    name: str | None = None


def convert(
    component: Component,
    options: Options,
    source: Path | None,
    target: Path,
    conversion: Conversion,
    progress: Progress = lambda done, total: None,
) -> StoreInfo:
    """Convert a dataset and return what the new store says about itself.

    Args:
        component: the dataset.
        options: its options.
        source: the folder to read; None for an embedded dataset.
        target: the file to write. It is replaced only by a whole store.
        conversion: how to convert.
        progress: told after each scan.

    Raises:
        AlsegError: the source is not this dataset, a scan cannot be used, or the target cannot be written.
    """
    spec = component.spec
    assert isinstance(spec, DatasetSpec)
    _check_source(spec, source)
    with StoreWriter(target, overwrite=conversion.overwrite, wait=conversion.wait) as writer:
        dataset = component.build(options)
        listing: DatasetListing = dataset.list_scans(source)
        check_listing(listing, spec.name)
        listing = replace(listing, scans=draw_test_scans(listing.scans, conversion.test_fraction))
        read = partial(prepare, dataset, listing, allow_empty=conversion.allow_empty)
        total = len(listing.scans)
        progress(0, total)
        ahead = read_ahead(read, listing.scans, min(conversion.jobs, total), writer.scratch)
        with closing(ahead) as scans:
            for done, scan in enumerate(scans, start=1):
                writer.add(scan)
                progress(done, total)
        info = _describe(component, spec, options, listing, conversion, writer.table())
        writer.commit(info)
    return info


def _check_source(spec: DatasetSpec, source: Path | None) -> None:
    if spec.needs_source and source is None:
        raise AlsegError(f"the dataset {spec.name!r} is read from a folder", hint="name the folder with --source")
    if not spec.needs_source and source is not None:
        raise AlsegError(f"the dataset {spec.name!r} is generated and reads no folder", hint="leave out --source")
    if source is not None and not source.is_dir():
        raise AlsegError(f"the source folder {source} does not exist")


def _describe(
    component: Component,
    spec: DatasetSpec,
    options: Options,
    listing: DatasetListing,
    conversion: Conversion,
    table: ScanTable,
) -> StoreInfo:
    info = StoreInfo(
        dataset=conversion.name or spec.name,
        class_names=tuple(listing.class_names),
        channel_names=tuple(listing.channel_names),
        multi_label=listing.multi_label,
        synthetic=spec.synthetic,
        licence=listing.licence or spec.licence,
        reference=listing.reference or spec.reference,
        distribution=component.found.distribution,
        version=component.found.version,
        options=options.model_dump(mode="json"),
        conversion={"test_fraction": conversion.test_fraction, "allow_empty": conversion.allow_empty},
        fingerprint="",
        format_version=format.FORMAT_VERSION,
    )
    return replace(info, fingerprint=fingerprint(info, table))
