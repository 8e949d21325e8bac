"""What a plugin changes for everybody is set back and told; what libraries set up for themselves stays."""

import gc
import locale
import os
import signal
import sys
import threading
import warnings
from pathlib import Path

import numpy as np
import pytest

from alcore.errors import AlsegError
from alcore.guards.plugin_code import plugin_code
from alcore.guards.process_state import process_state_kept
from alcore.guards.python_state import PLUGIN_PACKAGES
from alcore.registry import Component, Found
from alcore.specs import StrategySpec

FOUND = Found("odd", "odd", "alseg-odd", "1.0")


class Finder:
    __module__ = "never_imported"

    def find_spec(self, *_):
        raise RuntimeError


def change_environment():
    os.environ["HOME"] = "/nowhere"
    os.environ["ALSEG_PLUGIN_SECONDS"] = "1"
    del os.environ["PATH"]


STATE = {
    "the import path": (lambda: sys.path.insert(0, "/evil"), lambda: list(sys.path)),
    "the import system (sys.meta_path)": (lambda: sys.meta_path.insert(0, Finder()), lambda: list(sys.meta_path)),
    "the working directory": (lambda: os.chdir("/"), Path.cwd),
    "the locale": (lambda: locale.setlocale(locale.LC_ALL, "C"), lambda: locale.setlocale(locale.LC_ALL)),
    "the handlers of SIGINT, SIGTERM": (
        lambda: [signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)],
        lambda: [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)],
    ),
    "the environment (ALSEG_PLUGIN_SECONDS, HOME, PATH)": (change_environment, lambda: dict(os.environ)),
    "the filters of warnings": (lambda: warnings.simplefilter("error"), lambda: list(warnings.filters)),
    "NumPy's answer to floating-point errors": (lambda: np.seterr(all="raise"), np.geterr),
    "garbage collection": (gc.disable, gc.isenabled),
}


@pytest.mark.parametrize("told", STATE)
def test_what_a_plugin_changes_is_set_back_and_told_with_its_name(told, caplog, monkeypatch):
    monkeypatch.delenv("ALSEG_PLUGIN_SECONDS", raising=False)
    if told == "the locale":
        locale.setlocale(locale.LC_ALL, "C.UTF-8")
    change, state = STATE[told]
    before = state()
    with plugin_code("the meddler"):
        change()
        assert state() != before
    assert state() == before
    assert [record.getMessage() for record in caplog.records] == [f"the meddler changed {told}; it was set back"]


@pytest.mark.parametrize(
    ("remove", "state"), [(sys.meta_path.clear, sys.meta_path), (warnings.resetwarnings, warnings.filters)]
)
def test_what_a_plugin_takes_away_comes_back(remove, state):
    before = list(state)
    with process_state_kept() as undone:
        remove()
    assert state == before
    assert len(undone) == 1


def test_it_is_set_back_after_an_error_as_well(tmp_path):
    def leave():
        os.chdir(tmp_path)
        _ = 1 / 0

    before = Path.cwd()
    with pytest.raises(ZeroDivisionError), plugin_code("the meddler"):
        leave()
    assert Path.cwd() == before


@pytest.fixture
def library(monkeypatch):
    """A library that changes what libraries do."""
    module = type(sys)("odd_library")
    exec(LIBRARY, vars(module))
    monkeypatch.setitem(sys.modules, "odd_library", module)
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    monkeypatch.setenv("ODD_LIBRARY", "0")
    monkeypatch.delenv("ODD_LIBRARY")
    with warnings.catch_warnings():
        yield module
    PLUGIN_PACKAGES.discard("odd_library")


LIBRARY = """
import os, sys, warnings
class Lazy:
    @classmethod
    def find_spec(*_): return None
class OwnWarning(UserWarning): pass
def set_up():
    sys.meta_path.append(Lazy)
    os.environ['ODD_LIBRARY'] = '1'
    warnings.simplefilter('ignore', OwnWarning, append=True)
    warnings.filterwarnings('ignore', module='odd_library')
"""


def test_what_a_library_sets_up_for_itself_stays(library):
    filters = len(warnings.filters)
    with process_state_kept() as undone:
        library.set_up()
    assert undone == []
    assert sys.meta_path[-1] is library.Lazy
    assert os.environ["ODD_LIBRARY"] == "1"
    assert len(warnings.filters) == filters + 2


def test_a_finder_of_a_plugin_itself_does_not_stay(library):
    Component(StrategySpec(name="odd", summary="Odd.", target="odd_library:Lazy"), FOUND).load()
    with process_state_kept() as undone:
        library.set_up()
    assert undone == ["the import system (sys.meta_path)"]
    assert library.Lazy not in sys.meta_path


def test_a_filter_that_was_there_and_moves_to_the_front_is_set_back():
    with warnings.catch_warnings():
        warnings.filters[:] = [("error", None, UserWarning, None, 0), ("ignore", None, Warning, None, 0)]
        before = list(warnings.filters)
        with process_state_kept() as undone:
            warnings.simplefilter("ignore")
        assert warnings.filters == before
    assert undone == ["the filters of warnings"]


def test_what_a_handler_of_another_language_does_is_left_alone(monkeypatch):
    previous = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(signal, "getsignal", lambda _number: None)
    with process_state_kept() as undone:
        monkeypatch.undo()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, previous)
    assert undone == []


def test_a_thread_beside_the_main_one_sets_nothing_of_pythons_own_back(monkeypatch):
    """Another thread may be at work between the two looks, within ``warnings.catch_warnings`` for one."""
    found = []

    def run():
        with process_state_kept() as undone:
            monkeypatch.setenv("HOME", "/elsewhere")
        found.append(undone)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert found == [[]]
    assert os.environ["HOME"] == "/elsewhere"


def interrupted_by_itself():
    with plugin_code("the evil one"):
        raise KeyboardInterrupt


def test_an_interrupt_beside_the_main_thread_is_the_plugins():
    faults = []

    def run():
        try:
            interrupted_by_itself()
        except AlsegError as error:
            faults.append(error.message)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert faults == ["the evil one tried to end alseg by KeyboardInterrupt"]


@pytest.mark.parametrize("handler", [signal.SIG_IGN, signal.default_int_handler, lambda *_: None])
def test_an_interrupt_without_a_key_is_the_plugins_whoever_handles_the_key(handler):
    """Ignored, as in the background; Python's own, as in a notebook's cell; a program's own."""
    previous = signal.signal(signal.SIGINT, handler)
    try:
        with pytest.raises(AlsegError, match="tried to end alseg by KeyboardInterrupt"):
            interrupted_by_itself()
        assert signal.getsignal(signal.SIGINT) is handler
    finally:
        signal.signal(signal.SIGINT, previous)
