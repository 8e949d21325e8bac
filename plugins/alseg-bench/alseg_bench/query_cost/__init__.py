"""Time and memory of selection logic alone: what a strategy costs beside the model's own arithmetic."""

from alseg_bench.query_cost.measure import Cost, growth_exponent, measure_costs
from alseg_bench.query_cost.pools import feature_vectors

__all__ = ["Cost", "feature_vectors", "growth_exponent", "measure_costs"]
