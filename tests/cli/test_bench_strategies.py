"""``alseg bench strategies``: figures for what works, a reason for what does not."""

import json
import math

import pytest
from alseg_bench.query_cost import Cost, growth_exponent, measure_costs

from alcore.benchmark.grid import parse_choices

DIFFICULT = """
    import time

    import alcore

    class Difficult:
        def __init__(self, options):
            pass

        def select(self, query):
            if len(query.scan) > 1500:
                {fault}
            return alcore.Selection(query.candidates[: query.budget])

    @alcore.hookimpl
    def register_strategies():
        yield alcore.StrategySpec(name="difficult", summary="Not on large pools.", target="alseg_difficult:Difficult")
"""


def test_growth_is_the_slope_between_the_two_largest_pools():
    costs = [Cost("s", 10**k, 16, seconds=9.0, cpu_seconds=seconds) for k, seconds in ((3, 5.0), (4, 0.1), (5, 10.0))]
    assert growth_exponent(costs) == pytest.approx(2)  # 100 times the time for 10 times the slices
    assert math.isnan(growth_exponent(costs[:1]))
    assert math.isnan(growth_exponent([costs[0], Cost("s", 10**4, 16, error="stopped")]))


def test_the_memory_of_a_selection_is_that_of_its_arrays():
    (cost,) = measure_costs(parse_choices("distance"), [20_000], [16], timeout=300)
    assert cost.error == ""
    # The pool's 512 features per slice in float32 are 39 MiB: centring or reducing them takes a part of that, not ten.
    assert 2**20 < cost.memory_bytes < 10 * 20_000 * 512 * 4
    assert cost.cpu_seconds > 0


def test_every_strategy_is_a_row_and_one_that_fails_says_why(alseg, installed):
    installed("alseg-difficult", source=DIFFICULT.format(fault='raise ValueError("too large for me")'))
    result = alseg("bench", "strategies", "--pool", "2000", "--strategy", "difficult", "--strategy", "random", "--json")
    rows = {(row["strategy"], row["pool"]): row for row in json.loads(result.stdout)}
    assert list(rows) == [("difficult", 2000), ("random", 2000)]
    assert rows["difficult", 2000]["error"] == "ValueError: too large for me"
    assert rows["difficult", 2000]["seconds"] is None
    assert rows["random", 2000]["seconds"] > 0


def test_one_that_hangs_is_stopped_and_not_tried_on_larger_pools(alseg, installed):
    installed("alseg-difficult", source=DIFFICULT.format(fault="time.sleep(3600)"))
    result = alseg(
        "bench", "strategies", "--pool", "4000,2000", "--strategy", "difficult", "--timeout", "4"
    )  # fmt: skip
    assert "none: difficult, budget 16, 2,000 slices: stopped after 4 s" in result.stdout
    assert "4,000 slices: not tried: it failed on a smaller pool" in result.stdout


def test_a_strategy_that_is_not_there_is_one_clear_sentence(alseg):
    assert "no strategy named 'entropi'" in alseg("bench", "strategies", "--strategy", "entropi", status=2).stderr
