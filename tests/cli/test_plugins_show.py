"""``alseg plugins show``: what a component is, which options it takes and where it comes from."""

import json

from alseg.commands.plugins_show import show
from click.testing import CliRunner

SOURCE = """
    from typing import Annotated, Literal
    from pydantic import Field
    import alcore

    class NoonOptions(alcore.Options):
        hour: float = Field(12.0, ge=0, lt=24, description="Hour of the day.")
        scans: int | None = Field(None, description="Scans to look at.")
        clock: Literal["sun", "wall"] = Field("sun", description="What tells the time.")
        strict: bool = Field(description="Whether seconds count.")
        interpolator: Annotated[str, alcore.ComponentName("interpolator")] = Field("none", description="The filler.")

    @alcore.hookimpl
    def register_strategies():
        yield alcore.StrategySpec(
            name="noon",
            summary="Slices nearest to noon.",
            target="nowhere:Noon",
            options=NoonOptions,
            reference="Sundial et al. 1723, section 3",
            aliases=("midday",),
        )

    @alcore.hookimpl
    def register_metrics():
        yield alcore.MetricSpec(name="noon", summary="Share of noon.", target="nowhere:Share")
"""


def test_a_component_is_described_with_options_origin_reference_and_aliases(installed, alseg):
    installed("alseg-noon", source=SOURCE, version="2.1")
    output = alseg("plugins", "show", "noon", "--kind", "strategy", COLUMNS="160").stdout
    for fact in (
        "strategy noon: Slices nearest to noon.",
        "alseg-noon 2.1 (plugin alseg-noon)",
        "Sundial et al. 1723, section 3",
        "midday",
        "strategy.hour",
        "number, >= 0, < 24",
        "Hour of the day.",
        "integer | none",
        "sun | wall",
        "required",
        "name of an interpolator",
    ):
        assert fact in output


def test_the_json_describes_every_option(installed, alseg):
    installed("alseg-noon", source=SOURCE)
    (described,) = json.loads(alseg("plugins", "show", "noon", "--kind", "strategy", "--json").stdout)
    assert described["distribution"] == "alseg-noon"
    assert described["options"][0] == {
        "name": "hour",
        "type": "number",
        "bounds": ">= 0, < 24",
        "default": "12.0",
        "required": False,
        "description": "Hour of the day.",
        "names": "",
    }


def test_keys_of_options_can_be_typed_as_they_are_shown():
    for name, kind, key in (
        ("strided", "strategy", "strategy.pseudo_label_schedule "),
        ("tensorboard", "tracker", "trackers.tensorboard.pictures "),
        ("morphological-contour", "interpolator", "strategy.interpolator.empty_fill "),
        ("folder", "dataset", "dataset.slice_axis "),
        ("surface-dice", "metric", """--set 'evaluation.metrics=[{name="surface-dice", tolerance=1.0}]'"""),
    ):
        output = CliRunner().invoke(show, [name, "--kind", kind], env={"COLUMNS": "60"}).stdout
        assert key in output
        assert "…" not in output


def test_a_name_that_several_kinds_have_shows_them_all(installed, alseg):
    installed("alseg-noon", source=SOURCE)
    described = json.loads(alseg("plugins", "show", "noon", "--json").stdout)
    assert [item["kind"] for item in described] == ["strategy", "metric"]


def test_an_alias_shows_its_component(installed, alseg):
    installed("alseg-noon", source=SOURCE)
    assert "strategy noon:" in alseg("plugins", "show", "midday").stdout


def test_a_miss_is_two_lines_with_the_nearest_name_and_exit_status_2(installed, alseg):
    installed("alseg-noon", source=SOURCE)
    result = alseg("plugins", "show", "noonn", status=2)
    assert result.stdout == ""
    assert result.stderr == "error: no component named 'noonn'\nhint:  did you mean 'noon'?  (alseg plugins list)\n"
