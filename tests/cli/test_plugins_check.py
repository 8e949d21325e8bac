"""``alseg plugins check``: each fault of a strategy is caught by a check that says what is wrong."""

import json
from pathlib import Path

import pytest
from alseg.commands.plugins_check import check
from click.testing import CliRunner

from alcore import Registry
from alcore.specs import SPEC_TYPES, ComponentSpec
from alcore.testing import Finding, component

SOUND = "return alcore.Selection(query.candidates[: query.budget])"

PLUGIN = """
    {extra}
    import alcore
    from pydantic import Field

    class Chosen(alcore.Options):
        {option}

    class Choose:
        def __init__(self, options):
            self.options = options

        def select(self, query):
            {select}

    @alcore.hookimpl
    def register_strategies():
        yield alcore.StrategySpec(name="chosen", summary="Chosen slices.", target="{target}", options=Chosen)
"""


def source(select=SOUND, *, extra="", option="pass", target="alseg_chosen:Choose"):
    return PLUGIN.format(select=select, extra=extra, option=option, target=target)


def failed_checks(alseg, status=1):
    findings = json.loads(alseg("plugins", "check", "chosen", "--json", status=status).stdout)
    return {item["check"]: item for item in findings if not item["passed"]}


def test_a_sound_strategy_passes(installed, alseg):
    installed("alseg-chosen", source=source())
    output = alseg("plugins", "check", "chosen").stdout
    assert "strategy chosen (alseg-chosen 1.0)" in output
    assert " 0 failed" in output


@pytest.mark.parametrize(
    ("select", "told"),
    [
        ("return alcore.Selection(query.labelled[: query.budget])", "label"),
        ("return alcore.Selection(query.candidates[: query.budget + 1])", "budget"),
        ("query.status[:] = 1; " + SOUND, "read-only"),
        (
            "import numpy; numpy.random.seed(); "
            + SOUND.replace("[:", "[numpy.random.permutation(len(query.candidates))][:"),
            "] and then [",
        ),
        ("raise OSError('no model here')", "OSError: no model here"),
        ("return None", "'NoneType' object has no attribute 'indices'"),
    ],
    ids=["labelled slices", "over the budget", "changes the pool", "global randomness", "raises", "no selection"],
)
def test_a_strategy_that_breaks_its_contract_fails_with_what_was_expected(installed, alseg, select, told):
    installed("alseg-chosen", source=source(select))
    failed = failed_checks(alseg)
    assert failed
    assert any(told in item["found"] for item in failed.values())
    assert all(item["expected"] and item["fix"] for item in failed.values())


def test_a_plugin_module_that_imports_torch_is_told_to_be_light(installed, alseg):
    installed("alseg-heavy", source=source(extra="import torch", target="alseg_heavy:Choose"))
    (finding,) = failed_checks(alseg).values()
    assert finding["check"] == "the plugin module is light"
    assert "torch" in finding["found"]


def test_an_option_without_a_description_is_named(installed, alseg):
    installed("alseg-chosen", source=source(option="size: int = 3"))
    assert failed_checks(alseg)["every option has a description"]["found"] == "size"


def test_a_target_whose_dependency_is_missing_is_told_and_ends_the_checks(installed, alseg):
    installed("alseg-chosen", source=source(target="package_nobody_has:Choose"))
    (finding,) = failed_checks(alseg).values()
    assert "No module named 'package_nobody_has'" in finding["found"]


def test_a_broken_plugin_is_told_as_the_reason_of_the_miss(installed, alseg):
    installed("alseg-chosen", source="raise RuntimeError('no licence key')")
    result = alseg("plugins", "check", "chosen", status=2)
    assert "error: no component named 'chosen'" in result.stderr
    assert "alseg-chosen 1.0 is broken: RuntimeError: no licence key" in result.stderr


def test_a_name_that_two_distributions_claim_is_told_with_both(installed, alseg):
    installed("alseg-chosen", source=source())
    installed("alseg-other", "chosen")
    told = alseg("plugins", "check", "chosen", status=2).stderr
    assert "alseg-chosen 1.0" in told
    assert "alseg-other 1.0" in told


def test_a_strategy_that_hangs_is_told_after_the_time_given(installed, alseg):
    installed("alseg-chosen", source=source("import time; time.sleep(300)"))
    findings = json.loads(alseg("plugins", "check", "chosen", "--timeout", "3", "--json", status=1).stdout)
    assert findings[-1]["found"] == "TimeoutError: still busy after 3 s"


def test_a_hook_with_wrong_arguments_is_told_by_every_command_that_wants_it(installed, alseg):
    installed("alseg-chosen", source="import alcore\n@alcore.hookimpl\ndef register_strategies(config): return ()")
    told = "register_strategies wants the argument 'config', which alseg does not give"
    for command in (("plugins", "check", "chosen"), ("run", "--strategy", "chosen", "--dataset", "phantom")):
        assert told in alseg(*command, status=2).stderr
    assert told in " ".join(alseg("plugins", "list").stdout.split())


def test_a_plugin_for_another_api_is_told_with_both_versions(installed, alseg):
    installed("alseg-chosen", source="ALSEG_API = 2")
    told = "made for plugin API 2; this alseg has 1"
    assert told in alseg("plugins", "check", "chosen", status=2).stderr
    assert told in " ".join(alseg("plugins", "list").stdout.split())


ALL_BUILT_INS = ",".join(path.name for path in (Path(__file__).parents[2] / "plugins").iterdir())

DATASET = """
    import alcore

    @alcore.hookimpl
    def register_datasets():
        yield alcore.DatasetSpec(name="sundials", summary="Sundials.", target="alseg_sundials:Sundials")

    class Sundials:
        pass
"""


def test_all_components_are_checked_and_what_was_not_exercised_is_said(installed, alseg):
    installed("alseg-chosen", source=source())
    installed("alseg-sundials", source=DATASET)
    output = alseg("plugins", "check", "--all", ALSEG_BLOCK_PLUGINS=ALL_BUILT_INS).stdout
    assert "2 components, 0 with failed checks" in output
    assert "0 failed, 1 not exercised" in output
    assert "not exercised: dataset sundials (alseg-sundials 1.0)" in output
    only = alseg("plugins", "check", "--all", "--kind", "dataset", ALSEG_BLOCK_PLUGINS=ALL_BUILT_INS).stdout
    assert "chosen" not in only


def test_all_leaves_out_no_installed_component(monkeypatch):
    checked = []

    def note(component, **_):
        checked.append(component)
        return [Finding("it is there", True, "anything")]

    monkeypatch.setattr(component, "component_findings", note)
    result = CliRunner().invoke(check, ["--all"], catch_exceptions=False)
    assert checked == Registry.installed().components(ComponentSpec)
    assert {item.spec.kind for item in checked} == set(SPEC_TYPES)
    assert f"{len(checked)} checks passed, 0 failed" in result.output
    assert result.exit_code == 0


def test_all_fails_where_a_plugin_is_broken_or_a_name_is_offered_twice(installed, alseg):
    installed("bad-plugin", source="raise RuntimeError('no licence key')")
    installed("alseg-noon", "noon")
    installed("alseg-midday", "noon")
    command = ("plugins", "check", "--all", "--kind", "launcher")
    told = alseg(*command, status=1, ALSEG_BLOCK_PLUGINS=ALL_BUILT_INS).stderr
    assert "wrong: the plugin 'bad-plugin' of bad-plugin 1.0 is broken: RuntimeError: no licence key" in told
    assert "wrong: the strategy 'noon' is offered by alseg-midday 1.0 and alseg-noon 1.0" in told


@pytest.mark.parametrize("arguments", [(), ("chosen", "--all"), ("--all", "--source", "x")])
def test_either_a_name_or_all_is_to_be_given(alseg, arguments):
    assert "Error: " in alseg("plugins", "check", *arguments, status=2).stderr
