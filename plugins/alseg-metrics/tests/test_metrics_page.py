"""The page on metrics keeps up with what is offered."""

import re
from pathlib import Path

from alseg_metrics.plugin import register_metrics

PAGE = Path(__file__).parents[3] / "docs" / "metrics.md"


def test_every_metric_has_its_line_unit_and_direction_on_the_page():
    lines = re.findall(r"^\| `([\w-]+)` \| .+ \| (\w*) ?\| (higher|lower) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    offered = [(s.name, s.unit, "higher" if s.higher_is_better else "lower") for s in register_metrics()]
    assert sorted(lines) == sorted(offered)


def test_every_metric_has_its_rule_for_what_is_not_defined():
    rules = PAGE.read_text("utf-8").split("## What is not defined")[1].split("\n##")[0]
    assert {spec.name for spec in register_metrics()} <= set(re.findall(r"`([\w-]+)`", rules))
