"""How good pseudo-labels are: interpolators held against the true labels of a slice store."""

from alseg_bench.interpolation.measure import measure_quality
from alseg_bench.interpolation.published import WHY_THEY_DIFFER, PublishedRow, published_rows
from alseg_bench.interpolation.quality import Quality

__all__ = ["WHY_THEY_DIFFER", "PublishedRow", "Quality", "measure_quality", "published_rows"]
