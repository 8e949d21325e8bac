"""Each plugin is loaded alone; what is wrong with one is recorded and stops nothing else."""

import sys

import pytest

from alcore import StrategySpec


def test_a_sound_plugin_is_active_and_offers_its_specs(fake_plugins, strategy_source):
    fake_plugins.install("alseg-noon", strategy_source())
    record = fake_plugins.record("alseg-noon")
    assert record.state == "active"
    assert record.api_version == 1
    assert [(spec.kind, spec.name) for spec in record.specs] == [("strategy", "nearest-to-noon")]
    assert record.seconds > 0


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("raise RuntimeError('no licence key')", "RuntimeError: no licence key"),
        ("import a_module_that_nobody_has", "ModuleNotFoundError: No module named 'a_module_that_nobody_has'"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("class Panic(BaseException): pass\nraise Panic('native code died')", "native code died"),
        ("def f(:\n  pass", "SyntaxError: invalid syntax"),
        ("raise ValueError()", "ValueError"),
    ],
)
def test_a_plugin_that_raises_on_import_is_broken_and_the_others_work(fake_plugins, strategy_source, source, told):
    fake_plugins.install("bad-plugin", source, version="0.3")
    fake_plugins.install("good-plugin", strategy_source())
    broken = fake_plugins.record("bad-plugin")
    assert broken.state == "broken"
    assert (broken.found.distribution, broken.found.version) == ("bad-plugin", "0.3")
    assert told in broken.error
    assert "Traceback" in broken.traceback
    assert fake_plugins.registry().get(StrategySpec, "nearest-to-noon").origin == "good-plugin 1.0"


def test_ctrl_c_while_loading_stops_the_program(fake_plugins):
    fake_plugins.install("slow-plugin", "import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(5)")
    with pytest.raises(KeyboardInterrupt):
        fake_plugins.records()


HOOK = "import alcore\n@alcore.hookimpl\n"
SPEC = "alcore.StrategySpec(name='noon', summary='At noon.', target='nowhere:Noon')"


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (
            HOOK + "def register_strategys(): return ()",
            "implements 'register_strategys', a hook that alseg does not have; did you mean 'register_strategies'?",
        ),
        (HOOK + "def register_strategies(config): return ()", "register_strategies wants the argument 'config', which"),
        (
            HOOK + "def register_strategies(): yield 'noon'",
            "register_strategies yields 'noon', which is no StrategySpec",
        ),
        (HOOK + f"def register_models(): yield {SPEC}", "which is no ModelSpec"),
        (HOOK + "def register_strategies(): pass", "register_strategies returns None; it must yield specs"),
        (HOOK + f"def register_strategies(): yield {SPEC}; yield {SPEC}", "offers the strategy name 'noon' twice"),
        (
            HOOK + f"def register_strategies():\n yield {SPEC}\n yield alcore.StrategySpec(name='mid-day',"
            " summary='At noon.', target='nowhere:Noon', aliases=('noon',))",
            "offers the strategy name 'noon' twice",
        ),
        (
            "import alcore\ndef register_strategies(): return ()",
            "register_strategies is not marked with @alcore.hookimpl",
        ),
        (HOOK + "def register_strategies(): raise OSError('disk on fire')", "OSError: disk on fire"),
        (
            HOOK + "def register_strategies(): yield alcore.StrategySpec(name='At Noon', summary='x', target='a:B')",
            "spec name 'At Noon' is not lower-case words joined by hyphens",
        ),
        ("ALSEG_API = 2", "made for plugin API 2; this alseg has 1"),
    ],
)
def test_an_unsound_plugin_is_broken_with_one_line_that_says_why(fake_plugins, source, told):
    fake_plugins.install("unsound", source)
    record = fake_plugins.record("unsound")
    assert record.state == "broken"
    assert told in record.error
    assert "\n" not in record.error
    assert record.specs == ()


def test_a_plugin_for_another_api_is_recorded_with_that_version(fake_plugins):
    fake_plugins.install("from-the-future", "ALSEG_API = 7")
    assert fake_plugins.record("from-the-future").api_version == 7


def test_an_entry_point_that_names_an_object_is_told_to_name_a_module(fake_plugins):
    fake_plugins.install("objective", "thing = 1")
    (fake_plugins.folder / "objective-1.0.dist-info" / "entry_points.txt").write_text("[alseg]\nx = objective:thing\n")
    assert "must name a module, not 'objective:thing'" in fake_plugins.record("objective").error


@pytest.mark.parametrize("blocked", ["noon", "alseg-noon", " ALSEG_NOON , other"])
def test_a_blocked_plugin_is_never_imported(fake_plugins, strategy_source, monkeypatch, tmp_path, blocked):
    trace = tmp_path / "imported"
    module = fake_plugins.install(
        "alseg-noon", f"import pathlib\npathlib.Path({str(trace)!r}).touch()", plugin="noon", version="4.2"
    )
    fake_plugins.install("alseg-dusk", strategy_source())
    monkeypatch.setenv("ALSEG_BLOCK_PLUGINS", blocked)
    assert fake_plugins.record("alseg-noon").state == "blocked"
    assert fake_plugins.record("alseg-dusk").state == "active"
    assert not trace.exists()
    assert module not in sys.modules


def test_what_a_plugin_prints_on_import_goes_to_stderr(fake_plugins, capsys):
    fake_plugins.install("chatty", "print('hello from chatty')")
    assert fake_plugins.record("chatty").state == "active"
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "hello from chatty" in captured.err
