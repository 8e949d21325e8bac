"""Shell completion: commands, options and installed names, without anything heavy."""

import pytest


def completed(alseg, line, **environment):
    """What bash would be offered for the last word of ``line``."""
    words = line.split(" ")
    variables = {"_ALSEG_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    return [item.partition(",")[2] for item in alseg(**variables, **environment).stdout.splitlines()]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("alseg plu", ["plugins"]),
        ("alseg plugins s", ["show"]),
        ("alseg run --strat", ["--strategy"]),
        ("alseg run --strategy predictive", ["predictive-entropy"]),
        ("alseg run --protocol de", ["demo"]),
        ("alseg plugins show signed", ["signed-distance"]),
        ("alseg plugins list --kind int", ["interpolator"]),
    ],
)
def test_commands_options_and_installed_names_are_completed(alseg, line, expected):
    assert completed(alseg, line) == expected


def test_a_newly_installed_strategy_is_completed(alseg, installed):
    installed("alseg-noon", "noon")
    assert completed(alseg, "alseg run --strategy noo") == ["noon"]


def test_completing_imports_nothing_heavy(alseg_process, tmp_path):
    (tmp_path / "site").mkdir()
    for heavy in ("torch", "numpy", "rich"):
        (tmp_path / "site" / f"{heavy}.py").write_text(f"raise SystemExit('{heavy} was imported')")
    assert completed(alseg_process, "alseg run --strategy entr") == ["entropy"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_a_script_that_calls_alseg(alseg, shell):
    script = alseg("completion", shell).stdout
    assert f"_ALSEG_COMPLETE={shell}_complete" in script
