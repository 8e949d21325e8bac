"""The configuration of a run: options of whatever it names, and bad values told in a sentence."""

import random
import string

import pytest

from alcore import AlsegError, Registry
from alcore.runs.config import resolve, with_metrics
from alcore.runs.layers import layered, read_config_file

REGISTRY = Registry.installed()


def resolved(*settings, **given):
    return resolve(layered({"dataset": "phantom", **given}, settings=settings), REGISTRY)


def refused(*settings, **given):
    with pytest.raises(AlsegError) as caught:
        resolved(*settings, **given)
    assert len(caught.value.message) < 300, "a message is one short sentence"
    return f"{caught.value.message}\n{caught.value.hint}"


def test_metrics_take_options_and_two_of_one_name_are_told_apart():
    config = resolved(
        'evaluation.metrics=["dice", "nsd", {name="surface-dice", tolerance=2}, {name="nsd", tolerance=0.5}]'
    )
    assert [item.options.tolerance for item in config.metrics[1:]] == [1, 2, 0.5]
    labels = ["dice", "surface-dice", "surface-dice:tolerance=2", "surface-dice:tolerance=0.5"]
    assert [item.label for item in config.metrics] == labels
    again = resolve(config.as_values(), REGISTRY)
    assert again.as_values() == config.as_values()
    assert [item.label for item in again.metrics] == labels
    assert {f"metric.{label}" for label in labels} <= set(config.components())


def test_a_metric_named_twice_is_refused():
    told = refused('evaluation.metrics=["nsd", {name="surface-dice", tolerance=1}]')
    assert "evaluation.metrics names 'surface-dice' twice" in told


def test_other_metrics_may_be_asked_for_with_options():
    config = with_metrics(resolved(), ["iou", {"name": "surface-dice", "tolerance": 3}], REGISTRY)
    assert [item.label for item in config.metrics] == ["iou", "surface-dice:tolerance=3"]


def test_an_interpolator_takes_options_by_table_and_by_dotted_key():
    for settings in (
        ['strategy.interpolator={name="morphological-contour", empty_fill="keep"}'],
        ["strategy.interpolator=morphological-contour", "strategy.interpolator.empty_fill=keep"],
        ["strategy.interpolator.empty_fill=keep", "strategy.interpolator.name=morphological-contour"],
    ):
        values = resolved(*settings, strategy="strided").as_values()
        assert values["strategy"]["interpolator"] == {"name": "morphological-contour", "empty_fill": "keep"}


def test_components_within_components_are_recorded_with_all_their_options():
    config = resolved("strategy.selection.name=representative-uncertainty", strategy="strided")
    selection = config.as_values()["strategy"]["selection"]
    assert selection["uncertainty"]["reduction"] == "sum"
    assert {"strategy.selection", "strategy.selection.uncertainty"} <= set(config.components())
    assert resolve(config.as_values(), REGISTRY).as_values() == config.as_values()


def test_options_of_trackers_are_set_under_their_name():
    (tracker,) = resolved("trackers.tensorboard.pictures=4").trackers
    assert tracker.options.pictures == 4
    assert "did you mean 'trackers.tensorboard.pictures'?" in refused("trackers.tensorboard.picture=4")


def test_a_component_may_be_named_without_a_section():
    config = resolve({"dataset": "phantom", "strategy": "margin", "model": {}}, REGISTRY)
    assert (config.dataset, config.strategy.name, config.model.name) == ("phantom", "margin", "unet")


def test_a_protocol_is_the_same_wherever_it_is_named():
    assert resolved("protocol=demo").loop == resolved(protocol="demo").loop != resolved().loop


@pytest.mark.parametrize("value", ["None", "1", "[]", "true", "'x'"])
@pytest.mark.parametrize("section", ["trackers", "trackers.csv", "pool", "evaluation"])
def test_a_section_that_is_a_value_is_refused(section, value):
    assert refused(f"{section}={value}") == f"{section} is a section, not a value\nwrite {section}.option=value"


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("trackers.csv='", "trackers.csv is a section"),
        ("loss=" + "9" * 5000, "an integer has more than 64 bits"),
        ("loss=0x" + "f" * 5000, "an integer has more than 64 bits"),
        ("seed=9223372036854775808", "an integer has more than 64 bits"),
        ("protocol=" + "[" * 5000, "more than 16 deep"),
        ("protocol=" + "[" * 100 + "]" * 100, "more than 16 deep"),
        ("protocol=" + "{a=" * 50 + "1" + "}" * 50, "more than 16 deep"),
        ("loop." * 3000 + "x=1", "more than 16 sections"),
        ("x" * 5000, "cannot read the setting 'xxx"),
        ("x" * 5000 + "=1", "the run has no option or section 'xxx"),
        (".loop=" + "[" * 3000, "cannot read the setting"),
        ("protocol=" + "x" * 5000, "no protocol named"),
        ("strategy=" + "x" * 5000, "no strategy named"),
        ("learner=" + "x" * 5000, "no learner named"),
        ("full_data=" + "x" * 5000, "option 'full_data'"),
        ("learner.epochs=" + "x" * 5000, "option 'epochs'"),
        ("learner." + "x" * 5000 + "=1", "has no option"),
        ("learner.epochs=[" + "1, " * 5000 + "]", "option 'epochs'"),
        ("evaluation.metrics=['" + "x" * 5000 + "']", "no metric named"),
        ("learner.learning_rate=inf", "finite number"),
        ("learner.learning_rate=nan", "finite number"),
        ("evaluation.metrics=dice", "should be a list, not 'dice'"),
    ],
)
def test_a_hostile_value_gets_one_short_sentence(setting, told):
    assert told in refused(setting)


@pytest.mark.parametrize("content", ["a = " + "9" * 5000, "a = " + "[" * 5000, "a" + ".a" * 5000 + " = 1", "= 1"])
def test_a_hostile_file_gets_one_short_sentence(tmp_path, content):
    (tmp_path / "a.toml").write_text(content)
    with pytest.raises(AlsegError, match=r"a.toml cannot be read as TOML") as caught:
        read_config_file(tmp_path / "a.toml")
    assert len(caught.value.message) < 300


def test_settings_of_any_shape_are_taken_or_refused_in_a_sentence():
    chance, told = random.Random(0), []
    keys = [
        "trackers",
        "trackers.csv",
        "loss",
        "full_data",
        "learner",
        "strategy.interpolator",
        "evaluation.metrics",
        "seed",
        "dataset",
    ]
    values = [
        "None",
        "-1",
        "[]",
        "{}",
        "''",
        "'",
        "inf",
        "1979-05-27",
        "{name={name=1}}",
        "[[1]]",
        "[{}]",
        "true",
        "é\0",
    ]
    for _ in range(300):
        junk = "".join(chance.choices(string.printable, k=chance.randrange(6)))
        key, value = chance.choice([*keys, junk]), chance.choice([*values, junk])
        try:
            resolved(f"{key}={value}")
        except AlsegError as error:
            told.append(error.message)
    assert 200 < len(told) < 300
    assert max(map(len, told)) < 300
