"""Which scans are set aside for testing."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace

from alcore.errors import AlsegError
from alcore.scans import ScanSource


def draw_test_scans(scans: Iterable[ScanSource], fraction: float) -> tuple[ScanSource, ...]:
    """Set ``fraction`` of the training groups (rounded, at least one, never all) aside as the test split.

    A group, such as a patient, goes with all of its scans; a scan without one is a group of its own. Which groups are
    drawn depends on their names alone: they are ranked by a hash, so that every conversion draws the same and scans
    added later move few.

    Raises:
        AlsegError: the dataset has test scans of its own, or too few training scans.
    """
    scans = tuple(scans)
    if fraction == 0.0:
        return scans
    if any(scan.split == "test" for scan in scans):
        raise AlsegError("the dataset has test scans of its own", hint="leave out --test-fraction")
    training = {_group_of(scan) for scan in scans if scan.split == "train"}
    if len(training) < 2:
        raise AlsegError("--test-fraction needs at least 2 training scans, and not all of one patient (or other group)")
    n_test = min(max(round(fraction * len(training)), 1), len(training) - 1)
    drawn = set(sorted(training, key=lambda name: hashlib.sha256(name.encode()).digest())[:n_test])
    return tuple(
        replace(scan, split="test") if scan.split == "train" and _group_of(scan) in drawn else scan for scan in scans
    )


def _group_of(scan: ScanSource) -> str:
    return scan.group or scan.id
