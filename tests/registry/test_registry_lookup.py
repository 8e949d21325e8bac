"""Looking components up: provenance, clashes, suggestions, named components, building."""

import copy
import pickle

import pytest

from alcore import (
    AlsegError,
    ComponentSpec,
    InterpolatorSpec,
    MetricSpec,
    NamedComponent,
    Registry,
    StrategySpec,
    hookspecs,
)
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

    class Nested(alcore.Options):
        strategy: Annotated[str, alcore.ComponentName("strategy")] = Field(description="The next one.")

    class Endless(alcore.Options):
        strategy: Annotated[str, alcore.ComponentName("strategy")] = Field("endless", description="The next one.")

    class Made:
        def __init__(self, options, **arguments):
            self.options, self.arguments = options, arguments

        def fill(self, first, last, n_between): ...

        def select(self, query): ...

    @alcore.hookimpl
    def register_interpolators():
        yield alcore.InterpolatorSpec(
            name="plain", summary="A part.", target="parts:Made", options=Plain, aliases=("simple",)
        )

    @alcore.hookimpl
    def register_strategies():
        yield alcore.StrategySpec(name="composed", summary="A whole.", target="parts:Made", options=WithPart)
        yield alcore.StrategySpec(name="nested", summary="A shell.", target="parts:Made", options=Nested)
        yield alcore.StrategySpec(name="endless", summary="A ring.", target="parts:Made", options=Endless)
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
        ("strategy", "endless"),
        ("strategy", "nested"),
        ("interpolator", "plain"),
    ]
    assert [item.spec.name for item in parts.components(StrategySpec)] == ["composed", "endless", "nested"]
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
    options = parts.parse_options(component, {"interpolator": "none"})
    assert parts.build(component, options).arguments == {"interpolator": None}
    assert parts.named_by(options) == {}
    told = message_of(parts.parse_options, component, {"interpolator": {"name": "none", "size": 2}})
    assert "strategy 'composed', option 'interpolator': 'none' stands for no component" in told


def test_named_components_are_checked_before_anything_is_built(parts):
    component = parts.get(StrategySpec, "composed")
    named = parts.named_by(parts.parse_options(component, {}))
    assert {option: item.spec.name for option, item in named.items()} == {"interpolator": "plain"}
    told = message_of(parts.parse_options, component, {"interpolator": "plane"})
    assert "strategy 'composed', option 'interpolator': no interpolator named 'plane'\ndid you mean 'plain'?" in told


@pytest.mark.parametrize("given", [{"name": "plain", "size": 2}, {"name": "simple", "size": "2"}, {"size": 2}])
def test_a_named_component_is_given_options_by_a_table(parts, given):
    component = parts.get(StrategySpec, "composed")
    options = parts.parse_options(component, {"interpolator": given, "size": 4})
    assert options.model_dump() == {"interpolator": {"name": "plain", "size": 2}, "size": 4}
    built = parts.build(component, options)
    assert (built.options.size, built.arguments["interpolator"].options.size) == (4, 2)


def test_components_name_components_at_any_depth(parts):
    component = parts.get(StrategySpec, "nested")
    values = {"strategy": {"name": "nested", "strategy": {"name": "composed", "interpolator": {"size": 8}}}}
    options = parts.parse_options(component, values)
    built = parts.build(component, options).arguments["strategy"].arguments["strategy"]
    assert built.arguments["interpolator"].options.size == 8
    assert list(parts.named_by(options)) == ["strategy", "strategy.strategy", "strategy.strategy.interpolator"]
    assert component.parse_options(options.model_dump()) == options
    values["strategy"]["strategy"]["interpolator"] = {"sise": 8}
    told = message_of(parts.parse_options, component, values)
    assert told == (
        "interpolator 'plain' has no option 'sise'\ndid you mean 'strategy.strategy.strategy.interpolator.size'?"
    )


def test_components_that_name_one_another_without_end_are_refused(parts):
    values = {"strategy": "none"}
    for _ in range(20):
        values = {"strategy": {"name": "nested", **values}}
    assert "more than 8 deep" in message_of(parts.parse_options, parts.get(StrategySpec, "nested"), values)
    assert "more than 8 deep" in message_of(parts.parse_options, parts.get(StrategySpec, "endless"), {})


@pytest.mark.parametrize("given", [3, {"size": 3}, {"name": 3}, ["plain"], ""])
def test_what_is_no_name_and_no_table_with_a_name_is_refused(parts, given):
    component = parts.get(StrategySpec, "nested")
    told = message_of(parts.parse_options, component, {"strategy": given})
    assert "option 'strategy': input should be a name, or a table" in told


def test_a_name_with_options_survives_pickling_and_equals_only_its_like():
    named = NamedComponent("plain", {"size": 2})
    assert pickle.loads(pickle.dumps(named)) == copy.deepcopy(named) == named
    assert named not in ("plain", NamedComponent("plain", {"size": 3}))
    assert NamedComponent("plain") == "plain"
    assert (named.label, NamedComponent("plain").label) == ("plain:size=2", "plain")


def test_a_target_that_is_not_there_is_an_error_that_names_it(fake_plugins, strategy_source):
    fake_plugins.install("alseg-noon", strategy_source())
    component = fake_plugins.registry().get(StrategySpec, "nearest-to-noon")
    told = message_of(component.build, component.parse_options({}))
    assert "strategy 'nearest-to-noon' cannot be imported from 'nowhere.strategies:Noon'" in told
