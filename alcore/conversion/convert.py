"""Convert a dataset to a slice store: threads read and check scans, this one writes them."""

from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path

from alcore.conversion.checks import check_listing
from alcore.conversion.prepare import prepare
from alcore.conversion.recipe import recipe_of
from alcore.conversion.reuse import EarlierStore
from alcore.conversion.splits import draw_test_scans
from alcore.conversion.workers import PerThread, read_ahead
from alcore.errors import AlsegError
from alcore.guards.dataset import GuardedDataset
from alcore.registry import Component
from alcore.scans import DatasetListing, ScanSource
from alcore.specs import DatasetSpec, Options
from alcore.store import format
from alcore.store.hashes import fingerprint
from alcore.store.info import ScanTable, StoreInfo
from alcore.store.writer import PreparedScan, StoreWriter

Progress = Callable[[int, int], None]
"""Called with (scans written, scans in all): at the start, and after each scan."""


@dataclass(frozen=True)
class Conversion:
    """How to convert.

    Args:
        jobs: threads that read scans.
        test_fraction: share of the training scans that is set aside as a test split, in [0, 1).
        allow_empty: whether scans without any foreground are accepted.
        overwrite: whether a store that is there already is replaced.
        update: whether the scans that have not changed are taken from the store that is there already; it is replaced.
        wait: seconds to wait while another process writes the same store.
        name: what the store calls its dataset, if not by the dataset's own name.
    """

    jobs: int = 1
    test_fraction: float = 0.0
    allow_empty: bool = False
    overwrite: bool = False
    update: bool = False
    wait: float = 0.0
    name: str | None = None


@dataclass(frozen=True)
class Converted:
    """What a conversion made.

    Args:
        info: what the new store says about itself.
        reused: scans that were taken from the earlier store.
    """

    info: StoreInfo
    reused: int


def convert(
    component: Component[DatasetSpec],
    options: Options,
    source: Path | None,
    target: Path,
    conversion: Conversion,
    progress: Progress = lambda done, total: None,
) -> Converted:
    """Convert a dataset.

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
    _check_source(spec, source)
    overwrite = conversion.overwrite or conversion.update
    with ExitStack() as stack, StoreWriter(target, overwrite=overwrite, wait=conversion.wait) as writer:
        earlier = None
        if conversion.update and target.exists():
            earlier = stack.enter_context(EarlierStore(target, conversion.name or spec.name))
        dataset = GuardedDataset(component.build(options), component.full_name)
        listing = dataset.list_scans(source)
        check_listing(listing, spec.name)
        listing = replace(listing, scans=draw_test_scans(listing.scans, conversion.test_fraction))
        total = len(listing.scans)
        jobs = min(conversion.jobs, total)
        copies = PerThread(dataset.pickled()) if jobs > 1 else None

        def read(scan: ScanSource) -> PreparedScan:
            recipe = recipe_of(component, options, listing, scan)
            found = earlier.find(scan, recipe, allow_empty=conversion.allow_empty) if earlier else None
            own = copies.dataset if copies else dataset
            return found or prepare(own, listing, scan, recipe, allow_empty=conversion.allow_empty)

        progress(0, total)
        with closing(read_ahead(read, listing.scans, jobs)) as scans:
            for done, scan in enumerate(scans, start=1):
                writer.add(scan)
                progress(done, total)
        info = _describe(component, spec, options, listing, conversion, writer.table())
        writer.commit(info)
    return Converted(info, len(earlier.reused) if earlier else 0)


def _check_source(spec: DatasetSpec, source: Path | None) -> None:
    if spec.needs_source and source is None:
        raise AlsegError(f"the dataset {spec.name!r} is read from a folder", hint="name the folder with --source")
    if not spec.needs_source and source is not None:
        raise AlsegError(f"the dataset {spec.name!r} is generated and reads no folder", hint="leave out --source")
    if source is not None and not source.is_dir():
        raise AlsegError(f"the source folder {source} does not exist")


def _describe(
    component: Component[DatasetSpec],
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
        label_values=tuple(tuple(values) for values in listing.label_values),
        ignored_values=tuple(listing.ignored_values),
    )
    return replace(info, fingerprint=fingerprint(info, table))
