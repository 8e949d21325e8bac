"""One measurement, in a process of its own: ``python -m alseg_bench.query_cost.child JSON`` prints JSON."""

import json
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import torch

from alcore import AlsegError, peak_memory
from alcore.registry import Registry
from alcore.specs import StrategySpec
from alseg_bench.query_cost.pools import GivenPredictor, large_query

WARM_UP = 500
"""Slices of the pool on which imports and thread pools are paid for: they are no cost of a query."""


def measure(registry: Registry, name: str, options: Mapping[str, Any], pool: int, budget: int) -> dict[str, float]:
    """Run one selection; return wall and processor seconds, and the growth of peak memory in bytes.

    Raises:
        AlsegError: there is no such strategy, an option does not fit, or it does not spend its budget.
    """
    component = registry.get(StrategySpec, name)
    strategy = registry.build(component, component.parse_options(options))
    warm_up = large_query(WARM_UP, 4, np.random.default_rng(1), with_features=False)
    strategy.select(warm_up)
    assert isinstance(warm_up.predictor, GivenPredictor)
    query = large_query(pool, budget, np.random.default_rng(0), warm_up.predictor.asked_for_features)
    before = _restart_peak()
    started, started_cpu = time.perf_counter(), time.process_time()
    selection = strategy.select(query)
    seconds, cpu = time.perf_counter() - started, time.process_time() - started_cpu
    expected = min(budget, len(query.candidates))
    if len(selection.indices) != expected:
        raise AlsegError(f"it selected {len(selection.indices)} slices, not {expected}")
    return {"seconds": seconds, "cpu_seconds": cpu, "memory_bytes": max(0, _peak() - before)}


def _restart_peak() -> int:
    """Forget the peak so far (making the pool needs more than a query does) where the system can; return it, bytes."""
    with suppress(OSError):  # Linux alone can; elsewhere only what exceeds the peak so far is seen
        Path("/proc/self/clear_refs").write_text("5")
    return _peak()


def _peak() -> int:
    with suppress(OSError):
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))
    return peak_memory(torch.device("cpu"))


def main() -> None:
    """Measure what the first argument asks for."""
    try:
        print(json.dumps(measure(Registry.installed(), **json.loads(sys.argv[1]))))
    except AlsegError as error:
        print(json.dumps({"error": error.message}))


if __name__ == "__main__":
    main()
