"""What every dataset must do."""

import copy
import pickle
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from alcore.contracts import Dataset
from alcore.conversion.checks import check_listing, check_scan
from alcore.guards.dataset import listing_fault, scan_fault
from alcore.scans import DatasetListing, ScanSource
from alcore.specs import DatasetSpec, Options
from alcore.testing.findings import Finding, require
from alcore.testing.probe import probe


def check_dataset(
    spec: DatasetSpec, source: Path | None = None, options: Options | None = None, *, most_scans: int = 5
) -> None:
    """Check that a dataset keeps its contract.

    Args:
        spec: the dataset's spec.
        source: a folder that holds (a small part of) it; None for an embedded dataset.
        options: its options; its defaults where None.
        most_scans: how many scans are read, taken evenly from the list.

    Raises:
        ConformanceError: a check failed; all failed checks are listed.
    """
    require(f"dataset {spec.name!r}", dataset_findings(spec, source, options, most_scans=most_scans))


def dataset_findings(
    spec: DatasetSpec, source: Path | None = None, options: Options | None = None, *, most_scans: int = 5
) -> Iterator[Finding]:
    """Yield the outcome of every check; see :func:`check_dataset`."""
    checks = _DatasetChecks(spec, source, options if options is not None else spec.options())
    built = probe(
        "the dataset is built and lists its scans",
        checks.found_when_listed,
        expected="a DatasetListing from Class(options).list_scans(source)",
        fix="take the options alone, and say what the source contains without reading images",
    )
    yield built
    if not built.passed:
        return
    yield probe(
        "the listing can be converted",
        checks.found_in_listing,
        expected="unique ids without a slash, known splits, groups in one split each, training scans, named classes",
        fix="see alcore.DatasetListing and alcore.ScanSource",
    )
    yield probe(
        "the listing is the same each time",
        checks.found_when_listed_again,
        expected="the same scans in the same order with the same splits and groups",
        fix="sort what a folder lists; draw splits from the scan ids, not from a global generator",
    )
    yield probe(
        "the dataset and its scans travel to worker processes",
        checks.found_when_pickled,
        expected="that pickle.dumps takes both",
        fix="keep open files, lambdas and locks out of the dataset and out of ScanSource.detail",
    )
    for scan in checks.some_scans(most_scans):
        yield probe(
            f"scan {scan.id!r} can be stored",
            lambda scan=scan: checks.found_in_scan(scan),  # type: ignore[misc]
            expected="an image (slices, channels, height, width) with finite voxels and a uint8 label that fits it",
            fix="see alcore.Scan",
        )
        yield probe(
            f"scan {scan.id!r} is read the same twice, by another process too",
            lambda scan=scan: checks.found_when_read_again(scan),  # type: ignore[misc]
            expected="equal voxels, labels and geometry from a pickled copy of the dataset",
            fix="seed what is random from the scan alone; do not change arrays that are kept",
        )


class _DatasetChecks:
    def __init__(self, spec: DatasetSpec, source: Path | None, options: Options) -> None:
        self.spec, self.source, self.options = spec, source, options
        self.dataset: Dataset
        self.listing: DatasetListing

    def some_scans(self, most: int) -> Sequence[ScanSource]:
        scans = self.listing.scans
        places = np.unique(np.linspace(0, len(scans) - 1, min(most, len(scans))).round().astype(int))
        return [scans[place] for place in places]

    def found_when_listed(self) -> str:
        self.dataset = self.spec.load()(self.options)
        self.listing = self.dataset.list_scans(self.source)
        return listing_fault(self.listing)

    def found_in_listing(self) -> str:
        check_listing(self.listing, self.spec.name)
        return ""

    def found_when_listed_again(self) -> str:
        again = self.spec.load()(self.options).list_scans(self.source)
        first, second = (
            [(scan.id, scan.split, scan.group) for scan in listing.scans] for listing in (self.listing, again)
        )
        return "" if first == second else "other scans, another order, other splits or other groups"

    def found_when_pickled(self) -> str:
        pickle.loads(pickle.dumps((self.dataset, list(self.listing.scans))))
        return ""

    def found_in_scan(self, scan: ScanSource) -> str:
        missing = [str(file) for file in scan.files if not file.is_file()]
        if missing:
            return f"files that do not exist: {', '.join(missing)}"
        read = self.dataset.read_scan(scan)
        if fault := scan_fault(read):
            return fault
        check_scan(read, scan, self.listing, allow_empty=True)
        return ""

    def found_when_read_again(self, scan: ScanSource) -> str:
        first = copy.deepcopy(self.dataset.read_scan(scan))
        again = pickle.loads(pickle.dumps(self.dataset)).read_scan(pickle.loads(pickle.dumps(scan)))
        for name in ("image", "label", "spacing", "origin", "direction", "slice_axis"):
            if not np.array_equal(getattr(first, name), getattr(again, name)):
                return f"another {name}"
        return ""
