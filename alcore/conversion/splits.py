"""Which scans are set aside for testing."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace

from alcore.errors import AlsegError
from alcore.scans import ScanSource


def draw_test_scans(scans: Iterable[ScanSource], fraction: float) -> tuple[ScanSource, ...]:
    """Set ``fraction`` of the training scans (rounded, at least one, never all) aside as the test split.

    Which ones depends on the scan ids alone: they are ranked by a hash, so that every conversion draws the same and
    scans added later move few.

    Raises:
        AlsegError: the dataset has test scans of its own, or too few training scans.
    """
    scans = tuple(scans)
    if fraction == 0.0:
        return scans
    if any(scan.split == "test" for scan in scans):
        raise AlsegError("the dataset has test scans of its own", hint="leave out --test-fraction")
    training = [scan.id for scan in scans if scan.split == "train"]
    if len(training) < 2:
        raise AlsegError(f"--test-fraction needs at least 2 training scans; there is {len(training)}")
    n_test = min(max(round(fraction * len(training)), 1), len(training) - 1)
    drawn = set(sorted(training, key=lambda name: hashlib.sha256(name.encode()).digest())[:n_test])
    return tuple(replace(scan, split="test") if scan.id in drawn else scan for scan in scans)
