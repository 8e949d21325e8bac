"""``alseg plugins check``: each fault of a strategy is caught by a check that says what is wrong."""

import json

import pytest

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
            "",
        ),
        ("raise OSError('no model here')", "OSError: no model here"),
        ("return None", ""),
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
    installed("alseg-chosen", source=source(extra="import torch"))
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
