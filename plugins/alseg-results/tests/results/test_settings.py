"""Runs of different settings are kept apart and named by what differs; anything can be compared instead."""

import pytest
from alseg_results.figures import per_run
from alseg_results.measure import Measure
from alseg_results.runs import find_runs

from alcore import AlsegError

CURVE = (0.2, 0.5, 0.6)


@pytest.fixture
def found(write_run):
    return lambda by="strategy": find_runs(write_run.folder, by)


def test_one_setting_needs_no_name(write_run, found):
    write_run(CURVE, seed=0, config={"learner": {"augmentation": {"noise": 0.0}}})
    write_run(CURVE, seed=1, config={"learner": {"augmentation": {"noise": 0.0}}})
    assert found().datasets == ("hippocampus",)
    assert found().notes == ()


@pytest.mark.parametrize(
    ("config", "names"),
    [
        ({"loop": {"budget": 8}}, ("hippocampus [loop.budget=4]", "hippocampus [loop.budget=8]")),
        ({"loss": {"name": "dice"}}, ("hippocampus [loss=dice]", "hippocampus [loss=focal]")),
        (
            {"learner": {"augmentation": {"noise": 0.1}}},
            ("hippocampus [learner.augmentation.noise=0.1]", "hippocampus [learner.augmentation.noise=unset]"),
        ),
    ],
)
def test_a_setting_is_named_by_what_differs(write_run, found, config, names):
    write_run(CURVE, seed=0)
    write_run(CURVE, seed=1, config=config)
    assert found().datasets == names
    assert found().notes[0].startswith("runs on hippocampus were made with 2 different settings and are shown apart")


def test_options_that_go_with_a_loss_are_not_named_beside_it(write_run, found):
    write_run(CURVE, seed=0, config={"loss": {"name": "focal", "gamma": 2.0}})
    write_run(CURVE, seed=1, config={"loss": {"name": "dice"}})
    assert found().datasets == ("hippocampus [loss=dice]", "hippocampus [loss=focal]")


def test_two_protocols_are_named_by_their_names_and_the_note_says_the_rest(write_run, found):
    write_run(CURVE, seed=0)
    changed = {"model": {"name": "unet-of-another-kind"}, "learner": {"epochs": 3, "batch_size": 16}}
    write_run(CURVE, seed=1, config={**changed, "protocol": "demo"})
    result = found()
    assert result.datasets == ("hippocampus [protocol=demo]", "hippocampus [protocol=less-is-more]")
    assert "learner.epochs (3, 10), model (unet, unet-of-another-kind)" in result.notes[0]


def test_thirty_settings_have_thirty_names(write_run, found):
    for epochs in range(1, 31):
        write_run(CURVE, name=f"e{epochs}", config={"learner": {"epochs": epochs}})
    assert set(found().datasets) == {f"hippocampus [learner.epochs={epochs}]" for epochs in range(1, 31)}
    assert "learner.epochs (1, 2, 3, 4, …)" in found().notes[0]


def test_many_long_settings_are_told_apart_by_as_few_values_as_do(write_run, found):
    for number in range(4):
        learner = {"epochs": 3 + number % 2, "batch_size": 8 + number // 2}
        long = {f"option_with_a_long_name_{k}": number for k in range(3)}
        write_run(CURVE, name=f"r{number}", config={"learner": {**learner, **long}})
    assert len(set(found().datasets)) == 4
    assert all(name.count("=") == 1 for name in found().datasets)


@pytest.mark.parametrize("place", ["versions", "components"])
def test_versions_of_torch_and_plugins_are_settings(write_run, found, place):
    for seed, version in enumerate(("1.0", "2.0")):
        model = {"name": "unet", "distribution": "alseg-models", "version": version}
        facts = {"versions": {"torch": version}} if place == "versions" else {"components": {"model": model}}
        write_run(CURVE, seed=seed, environment=facts)
    name = "torch" if place == "versions" else "alseg-models"
    assert found().datasets == (f"hippocampus [{name}=1.0]", f"hippocampus [{name}=2.0]")


def test_a_run_that_was_resumed_with_another_torch_is_of_a_setting_of_its_own(write_run, found):
    write_run(CURVE, seed=0, environment={"versions": {"torch": "1.0"}})
    write_run(CURVE, seed=1, environment={"versions": {"torch": "1.0"}, "resumed": [{"versions": {"torch": "2.0"}}]})
    assert found().datasets == ("hippocampus [torch=1.0 then 2.0]", "hippocampus [torch=1.0]")


def test_a_metric_of_another_distribution_makes_no_setting_until_its_version_differs(write_run, found):
    metric = {"name": "dice", "distribution": "alseg-metrics", "version": "1.0"}
    write_run(CURVE, seed=0, environment={"components": {"metric.dice": metric}})
    write_run(CURVE, seed=1)
    assert found().datasets == ("hippocampus",)


def test_stores_of_other_content_under_one_name_are_not_mixed(write_run, found):
    write_run(CURVE, seed=0)
    write_run(CURVE, seed=1, environment={"dataset": {"fingerprint": "another one"}})
    result = found()
    assert result.datasets == ("hippocampus [data=another ]", "hippocampus [data=of hippo]")
    assert "2 stores of different content are called hippocampus" in result.notes[0]


def test_stores_that_options_tell_apart_are_named_by_the_options(write_run, found):
    for scans in (10, 20):
        facts = {"dataset": {"fingerprint": f"of {scans}"}}
        write_run(CURVE, name=f"s{scans}", config={"dataset": {"scans": scans}}, environment=facts)
    assert found().datasets == ("hippocampus [dataset.scans=10]", "hippocampus [dataset.scans=20]")


def test_other_threads_under_one_seed_are_told(write_run, found):
    for seed, threads in enumerate((1, 2)):
        write_run(CURVE, seed=seed, environment={"hardware": {"device": "cpu", "torch_threads": threads}})
    assert found().datasets == ("hippocampus",)
    assert "different numbers of threads (1, 2)" in found().notes[0]


def test_models_are_compared_and_strategies_kept_apart(write_run, found):
    for model in ("unet", "vnet"):
        for strategy in ("random", "entropy"):
            write_run(CURVE, strategy, name=f"{model}-{strategy}", config={"model": {"name": model}})
    result = found("model")
    assert [(run.dataset, run.label) for run in result.runs] == [
        *(("hippocampus [strategy=entropy]", model) for model in ("unet", "vnet")),
        *(("hippocampus [strategy=random]", model) for model in ("unet", "vnet")),
    ]
    assert (result.heading, result.compared) == ("model", "models")


@pytest.mark.parametrize(
    ("by", "labels"),
    [
        ("loss", ("focal:gamma=2.0", "focal:gamma=5.0")),
        ("loss.gamma", ("loss.gamma=2.0", "loss.gamma=5.0")),
        ("strategy,loss.gamma", ("random, loss.gamma=2.0", "random, loss.gamma=5.0")),
    ],
)
def test_any_option_can_be_compared(write_run, found, by, labels):
    for gamma in (2.0, 5.0):
        write_run(CURVE, name=f"g{gamma}", config={"loss": {"gamma": gamma}})
    assert found(by).labels == labels
    assert found(by).datasets == ("hippocampus",)


def test_protocols_can_be_compared_whatever_they_set(write_run, found):
    write_run(CURVE, name="a")
    write_run(CURVE, name="b", config={"protocol": "demo", "learner": {"epochs": 3}, "loss": {"gamma": 2.0}})
    assert found("protocol").labels == ("demo", "less-is-more")
    assert found("protocol").datasets == ("hippocampus",)


@pytest.mark.parametrize(
    ("by", "message", "hint"),
    [
        ("modl", "no run has a section or option 'modl'", "did you mean 'model'?"),
        ("seed", "runs cannot be compared by 'seed'", "--by model"),
        ("dataset.scans", "runs cannot be compared by 'dataset.scans'", "--by model"),
    ],
)
def test_what_cannot_be_compared_is_an_error(write_run, found, by, message, hint):
    write_run(CURVE)
    with pytest.raises(AlsegError, match=message) as caught:
        found(by)
    assert hint in caught.value.hint


def test_each_model_is_held_against_full_data_runs_of_its_own(write_run, found):
    for model, score in (("unet", 0.8), ("vnet", 0.9)):
        write_run(CURVE, name=model, config={"model": {"name": model}})
        full = {"full_data": True, "model": {"name": model}}
        write_run([score], name=f"full-{model}", labelled=[200], config=full)
    figures = per_run(found("model"), Measure("dice", "validation"))
    assert figures.set_index("strategy")["full_data"].to_dict() == {"unet": 0.8, "vnet": 0.9}
