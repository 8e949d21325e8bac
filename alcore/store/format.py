"""The names inside a slice store. ``docs/slice-store.md`` describes the layout; a test holds the two together."""

FORMAT_NAME = "alseg slice store"
FORMAT_VERSION = 2

HDF5_SIGNATURE = b"\x89HDF\r\n\x1a\n"
HDF5_VERSION = "v110"
"""Oldest HDF5 release that must be able to read a store; its metadata carry checksums, older ones' do not."""

SUFFIX = ".h5"

SCANS = "scans"
IMAGE = "image"
LABEL = "label"

INDEX = "index"
STATISTICS = "statistics"

PERCENTILES = (0.5, 1.0, 5.0, 50.0, 95.0, 99.0, 99.5)


def percentile_name(percentile: float) -> str:
    """Name of a percentile among the statistics, such as ``percentile_0.5``."""
    return f"percentile_{percentile:g}"


STATISTIC_NAMES = (
    "min",
    "max",
    "mean",
    "std",
    "mean_positive",
    "mean_nonzero",
    "std_nonzero",
    *(percentile_name(percentile) for percentile in PERCENTILES),
)
"""Statistics kept for each scan and channel, over all of its voxels.

``mean_positive`` is over voxels above 0, the ``..._nonzero`` ones over voxels that are not 0; NaN where there is none.
"""
