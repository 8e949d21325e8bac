"""Measure strategies on pools of growing size, each time in a process of its own."""

import json
import math
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from alcore.api.benchmark import Choice


@dataclass(frozen=True)
class Cost:
    """What one selection took.

    Args:
        strategy: the strategy with its options, as they were given.
        pool: slices of the pool.
        budget: slices selected.
        seconds: wall-clock time; NaN where it failed.
        cpu_seconds: processor time, which a busy machine does not lengthen; NaN where it failed.
        memory_bytes: growth of the process's peak memory.
        error: why there is no figure; empty where there is.
    """

    strategy: str
    pool: int
    budget: int
    seconds: float = math.nan
    cpu_seconds: float = math.nan
    memory_bytes: int = 0
    error: str = ""

    def as_json(self) -> dict[str, Any]:
        """The fields, with None in place of NaN."""
        return {
            name: None if isinstance(value, float) and math.isnan(value) else value
            for name, value in asdict(self).items()
        }


def measure_costs(
    strategies: Sequence[Choice], pools: Sequence[int], budgets: Sequence[int], *, timeout: float
) -> Iterator[Cost]:
    """Yield the cost of each strategy, budget and pool, smaller pools first.

    Scores, probabilities and features are given, since computing them is the model's own arithmetic. A strategy that
    fails, or takes longer than ``timeout`` seconds, is a cost with its reason, and is not tried on larger pools.
    """
    for choice in strategies:
        for budget in budgets:
            reason = ""
            for pool in sorted(pools):
                if reason:
                    yield Cost(choice.label, pool, budget, error="not tried: it failed on a smaller pool")
                    continue
                cost = _measure_apart(choice, pool, budget, timeout)
                reason = cost.error
                yield cost


def growth_exponent(costs: Sequence[Cost]) -> float:
    """The slope of log processor time over log size between the two largest pools; NaN where there is one or none."""
    done = sorted((cost for cost in costs if not cost.error and cost.cpu_seconds > 0), key=lambda cost: cost.pool)[-2:]
    if len(done) < 2:
        return math.nan
    small, large = done
    return math.log(large.cpu_seconds / small.cpu_seconds) / math.log(large.pool / small.pool)


def _measure_apart(choice: Choice, pool: int, budget: int, timeout: float) -> Cost:
    """Peak memory belongs to one measurement alone, on one thread, so that a busy machine shows in wall time alone."""
    asked = {"name": choice.name, "options": dict(choice.options), "pool": pool, "budget": budget}
    command = [sys.executable, "-m", "alseg_bench.query_cost.child", json.dumps(asked)]
    one_thread = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    try:
        done = subprocess.run(command, capture_output=True, encoding="utf-8", env=one_thread, timeout=timeout)
    except subprocess.TimeoutExpired:
        return Cost(choice.label, pool, budget, error=f"stopped after {timeout:g} s")
    if done.returncode < 0:
        return Cost(choice.label, pool, budget, error=f"killed by signal {-done.returncode}: for want of memory?")
    if done.returncode:
        last = done.stderr.strip().rpartition("\n")[2]
        return Cost(choice.label, pool, budget, error=last or f"ended with status {done.returncode}")
    return Cost(choice.label, pool, budget, **json.loads(done.stdout.splitlines()[-1]))
