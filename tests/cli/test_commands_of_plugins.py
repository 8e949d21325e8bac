"""Commands that plugins bring: listed without being imported, checked, and told of where two have one name."""

import sys
import types

import alseg.plugin
import click
import pytest
from alseg.main import cli
from click.testing import CliRunner

from alcore import AlsegError, CommandSpec, Options, Registry, hookimpl
from alcore.testing import check_command, fixtures
from alcore.testing.command import command_findings
from alcore.testing.component import component_findings

isolated_registry = fixtures.isolated_registry


@click.command("sundial")
@click.option("--hour", help="Hour of the day.", default=12)
def sundial(hour):
    """Tell the time."""
    click.echo(f"it is {hour}")


def plugin(name, *specs):
    """A plugin module that offers these commands."""
    module = types.ModuleType(name)

    @hookimpl
    def register_commands():
        yield from specs

    module.register_commands = register_commands
    return module


def spec_of(target, name="sundial", **details):
    return CommandSpec(name=name, summary="Tell the time.", target=target, **details)


@pytest.fixture
def install(monkeypatch, isolated_registry):
    """Install plugins that offer specs, beside alseg's own commands; ``clocks`` is the module of their targets."""
    clocks = types.ModuleType("clocks")
    clocks.sundial, clocks.text = sundial, "noon"
    monkeypatch.setitem(sys.modules, "clocks", clocks)

    def with_plugins(**specs):
        modules = [plugin(name, *offered) for name, offered in specs.items()]
        for module in modules:
            monkeypatch.setitem(sys.modules, module.__name__, module)
        registry = isolated_registry(alseg.plugin, *modules)
        assert [record.error for record in registry.records if record.error] == []
        monkeypatch.setattr(Registry, "installed", classmethod(lambda cls: registry))
        return registry

    return with_plugins


def typed(*arguments):
    return CliRunner().invoke(cli, arguments, catch_exceptions=False, prog_name="alseg")


def test_a_command_of_a_plugin_is_listed_called_and_completed(install):
    install(noon=[spec_of("clocks:sundial")])
    assert "  sundial     Tell the time." in typed("--help").output.splitlines()
    assert typed("sundial", "--hour", "9").output == "it is 9\n"
    assert "--verbose" in typed("sundial", "--help").output
    assert [item.value for item in cli.shell_complete(click.Context(cli), "sun")] == ["sundial"]


def test_help_imports_no_command(install):
    install(noon=[spec_of("nowhere.clocks:sundial")])
    assert "sundial" in typed("--help").output
    with pytest.raises(AlsegError, match=r"cannot be imported from 'nowhere.clocks:sundial'.*\(from noon tests\)"):
        typed("sundial")


@pytest.mark.parametrize(
    ("plugins", "name", "both"),
    [
        ({"noon": [spec_of("clocks:sundial")], "dusk": [spec_of("clocks:sundial")]}, "sundial", ("dusk", "noon")),
        ({"noon": [spec_of("clocks:sundial", "run")]}, "run", ("alseg.plugin", "noon")),
    ],
)
def test_a_name_that_two_offer_is_told_with_both_before_anything_starts(install, plugins, name, both):
    registry = install(**plugins)
    with pytest.raises(AlsegError) as told:
        typed(name, "--help")
    assert told.value.message.startswith(f"more than one plugin offers the command '{name}'")
    assert all(f"{source} tests" in told.value.message for source in both)
    (line,) = [line for line in typed("--help").output.splitlines() if line.startswith(f"  {name} ")]
    assert "Cannot be called" in line
    assert [complaint for complaint in registry.complaints() if f"the command '{name}' is offered by" in complaint]
    assert typed("completion", "--help").exit_code == 0  # what only one offers


def test_the_hint_never_asks_to_block_alseg_itself(install):
    registry = install(noon=[spec_of("clocks:sundial", "run")], aaa=[spec_of("clocks:sundial")])
    own = registry.records[0].found
    assert own.plugin == "alseg.plugin"
    with pytest.raises(AlsegError) as told:
        typed("run")
    assert told.value.hint.endswith("ALSEG_BLOCK_PLUGINS=noon")


def test_a_miss_names_the_nearest_command(install):
    install(noon=[spec_of("clocks:sundial")])
    with pytest.raises(AlsegError, match="no command named 'sundail'") as told:
        typed("sundail")
    assert "did you mean 'sundial'?" in told.value.hint


def test_what_is_no_command_is_the_fault_of_its_plugin(install):
    install(noon=[spec_of("clocks:text")])
    with pytest.raises(AlsegError, match=r"the command 'sundial' \(noon tests\) is a str, no click command"):
        typed("sundial")


@pytest.mark.parametrize("details", [{"aliases": ("clock",)}, {"options": type("Hours", (Options,), {})}])
def test_a_spec_of_a_command_has_neither_options_nor_aliases(details):
    with pytest.raises(ValueError, match="the command 'sundial' takes neither options nor aliases in its spec"):
        spec_of("clocks:sundial", **details)


def test_a_sound_command_passes_every_check(install):
    (component,) = install(noon=[spec_of("clocks:sundial")]).named("sundial")
    check_command(component.spec)
    findings = list(component_findings(component))
    assert [finding.check for finding in findings if finding.failed] == ["the plugin module is light"]  # no file


def silent(hour):
    pass


@pytest.mark.parametrize(
    ("command", "check", "found"),
    [
        (lambda: None, "the target is a command", "an object of type function"),
        (click.Choice(["a"]), "the target is a command", "an object of type Choice"),
        (
            click.command("moondial", help="Tell the time.")(silent),
            "goes by the name of its spec",
            "the name 'moondial'",
        ),
        (click.command("sundial")(silent), "every command says what it does", "sundial"),
        (
            click.Command("sundial", help="Tell the time.", params=[click.Option(["--hour", "-h"])]),
            "every option says what it is for",
            "sundial --hour",
        ),
        (
            click.Group("sundial", help="Dials.", commands=[click.Command("wind")]),
            "every command says what it does",
            "sundial wind",
        ),
    ],
)
def test_a_faulty_command_is_found_out(install, command, check, found):
    install()
    sys.modules["clocks"].sundial = command
    failed = [finding for finding in command_findings(spec_of("clocks:sundial")) if finding.failed]
    assert [finding.found for finding in failed] == [found]
    assert check in failed[0].check
