"""Looking components up: provenance, clashes, suggestions, named components, building."""

import pytest

from alcore import AlsegError, ComponentSpec, InterpolatorSpec, MetricSpec, Registry, StrategySpec, hookspecs
from alcore.specs import HOOKS, SPEC_TYPES

MODEL_WITH_PART = """
    from typing import Annotated
    from pydantic import Field
    import alcore

    class Plain(alcore.Options):
        size: int = Field(3, ge=1, description="Its size.")

    class WithPart(alcore.Options):
        interpolator: Annotated[str, alcore.ComponentName("interpolator")] = Field("plain", description="The part.")
        size: int = Field(5, ge=1, le=9, description="How many.")

    class Made:
        def __init__(self, options, **arguments):
            self.options, self.arguments = options, arguments

    @alcore.hookimpl
    def register_interpolators():
        yield alcore.InterpolatorSpec(
            name="plain", summary="A part.", target="parts:Made", options=Plain, aliases=("simple",)
        )

    @alcore.hookimpl
    def register_strategies():
        yield alcore.StrategySpec(name="composed", summary="A whole.", target="parts:Made", options=WithPart)
"""


@pytest.fixture
def parts(fake_plugins):
    fake_plugins.install("parts", MODEL_WITH_PART, version="1.5")
    return fake_plugins.registry()


def message_of(call, *arguments):
    with pytest.raises(AlsegError) as caught:
        call(*arguments)
    return f"{caught.value.message}\n{caught.value.hint}"


def test_every_kind_has_its_hook_and_its_spec():
    assert list(HOOKS) == list(SPEC_TYPES)
    assert set(HOOKS.values()) == {name for name in vars(hookspecs) if name.startswith("register_")}


def test_a_component_is_found_by_name_and_by_alias_with_its_origin(parts):
    component = parts.get(InterpolatorSpec, "plain")
    assert component == parts.get(InterpolatorSpec, "simple")
    assert component.origin == "parts 1.5"


def test_two_distributions_that_offer_one_name_are_both_named(fake_plugins, strategy_source):
    fake_plugins.install("alseg-noon", strategy_source("noon"), version="1.0")
    fake_plugins.install("alseg-midday", strategy_source("noon"), version="2.0")
    fake_plugins.install("alseg-dusk", strategy_source("dusk"))
    registry = fake_plugins.registry()
    told = message_of(registry.get, StrategySpec, "noon")
    assert "alseg-noon 1.0" in told
    assert "alseg-midday 2.0" in told
    assert "ALSEG_BLOCK_PLUGINS" in told
    assert list(registry.clashes()) == [("strategy", "noon")]
    assert registry.get(StrategySpec, "dusk").origin == "alseg-dusk 1.0"


def test_blocking_one_of_two_ends_the_clash(fake_plugins, strategy_source, monkeypatch):
    fake_plugins.install("alseg-noon", strategy_source("noon"))
    fake_plugins.install("alseg-midday", strategy_source("noon"))
    monkeypatch.setenv("ALSEG_BLOCK_PLUGINS", "alseg-midday")
    assert fake_plugins.registry().get(StrategySpec, "noon").origin == "alseg-noon 1.0"


def test_one_name_in_two_kinds_is_no_clash(fake_plugins):
    fake_plugins.install(
        "both",
        """
        import alcore

        @alcore.hookimpl
        def register_losses():
            yield alcore.LossSpec(name="dice", summary="Dice loss.", target="both:Loss")

        @alcore.hookimpl
        def register_metrics():
            yield alcore.MetricSpec(name="dice", summary="Dice.", target="both:Metric")
        """,
    )
    registry = fake_plugins.registry()
    assert registry.clashes() == {}
    assert registry.get(MetricSpec, "dice").spec.kind == "metric"


def test_a_miss_suggests_the_nearest_name_and_the_listing(parts):
    told = message_of(parts.get, StrategySpec, "compsed")
    assert told == "no strategy named 'compsed'\ndid you mean 'composed'?  (alseg plugins list --kind strategy)"


def test_a_miss_tells_of_plugins_that_could_not_be_asked(fake_plugins, monkeypatch):
    fake_plugins.install("alseg-noon", "raise RuntimeError('no licence key')", version="3.0")
    fake_plugins.install("alseg-dusk", "")
    monkeypatch.setenv("ALSEG_BLOCK_PLUGINS", "alseg-dusk")
    told = message_of(fake_plugins.registry().get, StrategySpec, "noon")
    assert "'alseg-noon' of alseg-noon 3.0 is broken: RuntimeError: no licence key" in told
    assert "'alseg-dusk' of alseg-dusk 1.0 is blocked by ALSEG_BLOCK_PLUGINS" in told


def test_components_are_listed_by_kind_and_name(parts):
    assert [(item.spec.kind, item.spec.name) for item in parts.components(ComponentSpec)] == [
        ("strategy", "composed"),
        ("interpolator", "plain"),
    ]
    assert [item.spec.name for item in parts.components(StrategySpec)] == ["composed"]
    assert Registry([]).components(ComponentSpec) == []


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"sise": 3}, "strategy 'composed' has no option 'sise'\ndid you mean 'strategy.size'?"),
        ({"wibble": 3}, "its options are: interpolator, size"),
        ({"size": 0}, "option 'size': input should be greater than or equal to 1, not 0\nstrategy.size: How many."),
        ({"size": "many"}, "option 'size': input should be a valid integer"),
    ],
)
def test_a_wrong_option_is_one_sentence_naming_component_and_option(parts, values, told):
    assert told in message_of(parts.get(StrategySpec, "composed").parse_options, values)


def test_text_values_become_the_types_of_the_options(parts):
    assert parts.get(StrategySpec, "composed").parse_options({"size": "7"}).size == 7


def test_a_named_component_is_built_with_its_defaults_and_handed_over(parts):
    component = parts.get(StrategySpec, "composed")
    built = parts.build(component, component.parse_options({"size": 4}), extra="given")
    assert built.options.size == 4
    assert built.arguments["extra"] == "given"
    assert built.arguments["interpolator"].options.size == 3


def test_a_named_component_of_none_is_handed_over_as_nothing(parts):
    component = parts.get(StrategySpec, "composed")
    options = component.parse_options({"interpolator": "none"})
    assert parts.build(component, options).arguments == {"interpolator": None}
    assert parts.check_named(component, options) == {}


def test_named_components_are_checked_before_anything_is_built(parts):
    component = parts.get(StrategySpec, "composed")
    named = parts.check_named(component, component.parse_options({}))
    assert {option: item.spec.name for option, item in named.items()} == {"interpolator": "plain"}
    told = message_of(parts.check_named, component, component.parse_options({"interpolator": "plane"}))
    assert "strategy 'composed', option 'interpolator': no interpolator named 'plane'\ndid you mean 'plain'?" in told


def test_a_target_that_is_not_there_is_an_error_that_names_it(fake_plugins, strategy_source):
    fake_plugins.install("alseg-noon", strategy_source())
    component = fake_plugins.registry().get(StrategySpec, "nearest-to-noon")
    told = message_of(component.build, component.parse_options({}))
    assert "strategy 'nearest-to-noon' cannot be imported from 'nowhere.strategies:Noon'" in told
