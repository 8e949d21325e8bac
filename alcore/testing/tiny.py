"""A dataset of a few small random scans, for tests that need a real slice store."""

from pathlib import Path

import numpy as np

from alcore.registry import Component, Found
from alcore.scans import DatasetListing, Scan, ScanSource
from alcore.specs import DatasetSpec, Options

_SCANS = 4
_SLICES = 5


class TinyDataset:
    """Four scans of five 12 x 10 slices with two foreground classes; the first scan validates."""

    def __init__(self, options: Options) -> None:
        self.options = options

    def list_scans(self, source: Path | None) -> DatasetListing:
        """List the scans; there is no source."""
        scans = [ScanSource(f"tiny-{n}", (), "train" if n else "validation", detail=n) for n in range(_SCANS)]
        return DatasetListing(("background", "left", "right"), ("intensity",), scans)

    def read_scan(self, scan: ScanSource) -> Scan:
        """Make one scan: two bright rectangles in noise."""
        rng = np.random.default_rng(scan.detail)
        label = np.zeros((_SLICES, 12, 10), np.uint8)
        label[:, 3:9, 1:4] = 1
        label[1:, 3:9, 6:9] = 2
        image = label * 40 + rng.normal(0, 10, label.shape)
        return Scan(image[:, None].astype(np.int16), label, spacing=(3.0, 1.0, 1.0))


TINY = Component(
    DatasetSpec(
        name="tiny",
        summary="Rectangles in noise, for tests.",
        target="alcore.testing.tiny:TinyDataset",
        synthetic=True,
        needs_source=False,
    ),
    Found("tiny", "alcore.testing.tiny", "alseg", "tests"),
)
"""The dataset as the registry would give it."""
