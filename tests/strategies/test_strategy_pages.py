"""Every built-in strategy and interpolator has a page with all its options."""

from pathlib import Path

import pytest

from alcore import InterpolatorSpec, Registry, StrategySpec

DOCS = Path(__file__).parents[2] / "docs"
REGISTRY = Registry.installed()
STRATEGIES = [c.spec for c in REGISTRY.components(StrategySpec) if c.found.distribution == "alseg-strategies"]
INTERPOLATORS = [c.spec for c in REGISTRY.components(InterpolatorSpec) if c.found.distribution == "alseg-interpolators"]


@pytest.mark.parametrize("spec", STRATEGIES, ids=lambda spec: spec.name)
def test_a_strategy_has_a_page_with_its_options_and_a_picture(spec):
    page = (DOCS / "strategies" / f"{spec.name}.md").read_text(encoding="utf-8")
    assert [name for name in spec.options.model_fields if f"| `{name}` |" not in page] == []
    assert f"({spec.name}.svg)" in page
    assert (DOCS / "strategies" / f"{spec.name}.svg").is_file()
    assert f"(strategies/{spec.name}.md)" in (DOCS / "strategies.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("spec", INTERPOLATORS, ids=lambda spec: spec.name)
def test_an_interpolator_is_documented_with_its_options(spec):
    page = (DOCS / "interpolators.md").read_text(encoding="utf-8")
    assert f"## {spec.name}" in page
    assert [name for name in spec.options.model_fields if f"| `{name}` |" not in page] == []
