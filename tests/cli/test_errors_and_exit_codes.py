"""What the command line prints when something goes wrong, and the exit status that scripts can rely on."""

import os
import pty
import re
import subprocess
import sys

import pytest

RAISES = """
    import alcore

    class Raises:
        def __init__(self, options):
            pass

        def select(self, query):
            raise ZeroDivisionError("of my own making")

    @alcore.hookimpl
    def register_strategies():
        yield alcore.StrategySpec(name="raises", summary="Raises.", target="alseg_raises:Raises")
"""


@pytest.fixture
def on_a_terminal(alseg, monkeypatch):
    """What ``alseg`` writes where its output is a terminal of 80 columns."""

    def run(*arguments, status=0, **environment):
        with monkeypatch.context() as patched:
            for stream in (sys.stdout, sys.stderr):
                patched.setattr(stream, "isatty", lambda: True)
            ended = alseg(*arguments, status=status, TERM="xterm-256color", **environment)
        return ended.stdout + ended.stderr

    return run


def on_a_real_terminal(*arguments, **environment):
    """The same from a process that has a terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "alseg", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "COLUMNS": "80", "TERM": "xterm-256color", **environment},
    )
    os.close(theirs)
    written = b""
    while True:
        try:
            part = os.read(ours, 4096)
        except OSError:  # Linux says so when the other end is closed
            break
        if not part:
            break
        written += part
    os.close(ours)
    process.wait()
    return written.decode("utf-8")


def test_a_fault_in_a_plugin_keeps_its_traceback_and_names_who_should_hear_of_it(alseg, installed, tmp_path, tiny_run):
    installed("alseg-raises", source=RAISES, version="2.0")
    arguments = ("--dataset", "phantom", "--set", "dataset.scans=5", "--strategy", "raises")
    told = alseg("run", *arguments, *tiny_run, status=70, ALSEG_DATA_DIR=str(tmp_path / "data")).stderr
    assert "Traceback (most recent call last)" in told
    assert "ZeroDivisionError: of my own making" in told
    assert told.splitlines()[-1].startswith("bug:   this is raised in the plugin alseg-raises 2.0: report it")
    assert "alseg plugins doctor" in told.splitlines()[-1]


def test_a_fault_of_alseg_is_called_one(alseg_process, tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "rich.py").write_text("raise ZeroDivisionError('no tables today')")
    told = alseg_process("plugins", "list", status=70).stderr
    assert "ZeroDivisionError: no tables today" in told
    assert told.splitlines()[-1].startswith("bug:   this is a fault of alseg: report it")


def test_wrong_usage_and_user_errors_end_in_2_and_a_failed_check_in_1(alseg, installed):
    assert "did you mean 'plugins'?" in alseg("plugin", status=2).stderr
    assert "No such option" in alseg("run", "--stategy", "x", status=2).stderr
    assert "error: no component named" in alseg("plugins", "show", "nothing-like-this", status=2).stderr
    installed("alseg-noon", "noon")
    alseg("plugins", "check", "noon", status=1)


def test_verbose_shows_the_traceback_of_a_user_error_and_what_each_plugin_took_to_load(alseg, installed):
    installed("alseg-broken", source="raise RuntimeError('no licence key')")
    for arguments in (("--verbose", "plugins", "show", "nix"), ("plugins", "show", "nix", "-v")):
        told = alseg(*arguments, status=2).stderr
        assert "AlsegError: no component named 'nix'" in told
        assert "plugin 'strategies' of alseg-strategies 0.1.0: active, " in told
        assert "plugin 'alseg-broken' of alseg-broken 1.0: broken, " in told
        assert "RuntimeError: no licence key\n" in told
    quiet = alseg("plugins", "show", "nix", status=2).stderr
    assert "Traceback" not in quiet
    assert "alseg-strategies" not in quiet


def test_a_long_message_is_broken_between_words_on_a_terminal_of_80_columns(on_a_terminal, tmp_path):
    told = on_a_terminal("run", "--dataset", "hippocampus", status=2, ALSEG_DATA_DIR=str(tmp_path))
    lines = told.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[0].startswith("error: the dataset 'hippocampus' has not been converted yet")
    assert lines[1].startswith("hint:  alseg data convert hippocampus --source DIR")
    assert lines[2].startswith("       ")


def test_colours_are_used_on_a_terminal_and_not_under_no_color(on_a_terminal, installed):
    installed("alseg-noon", "noon")
    for command, status in ((("plugins", "check", "noon"), 1), (("plugins", "list", "--kind", "loss"), 0)):
        assert "\x1b[" in on_a_terminal(*command, status=status)
        plain = on_a_terminal(*command, status=status, NO_COLOR="1")
        assert "\x1b[3" not in plain.replace("\x1b[3m", "")


def test_a_real_terminal_gets_colours_within_80_columns():
    told = on_a_real_terminal("plugins", "show", "nothing-like-this")
    shown = on_a_real_terminal("plugins", "list", "--kind", "loss")
    assert told.startswith("error: no component named 'nothing-like-this'")
    assert "\x1b[" in shown
    assert max(len(line) for line in re.sub(r"\x1b\[[0-9;]*m", "", shown).splitlines()) <= 80
