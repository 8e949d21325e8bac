"""An output that is refused is one sentence, a reader that went away is nothing, and a second Ctrl-C ends at once."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from alseg.main import main
from alseg.streams import check_output


@pytest.fixture
def keeps_signals():
    before, hook = signal.getsignal(signal.SIGINT), sys.unraisablehook
    yield
    signal.signal(signal.SIGINT, before)
    sys.unraisablehook = hook


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_standard_output_is_told_in_a_sentence(monkeypatch, capsys, keeps_signals):
    monkeypatch.setattr("sys.argv", ["alseg", "--version"])
    with Path("/dev/full").open("w", encoding="utf-8") as full, monkeypatch.context() as patched:
        patched.setattr("sys.stdout", full)
        with pytest.raises(SystemExit) as left:
            main()
    told = capsys.readouterr().err
    assert left.value.code == 2
    assert told.splitlines()[0] == "error: the standard output cannot be written: No space left on device"
    assert "Traceback" not in told


def test_a_reader_that_went_away_is_no_error(monkeypatch):
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w", encoding="utf-8") as output, monkeypatch.context() as patched:
        patched.setattr("sys.stdout", output)
        output.write("nobody reads this")
        check_output()


def test_a_second_interrupt_ends_the_process_at_once():
    program = """
import os, signal
from alseg.streams import end_at_second_interrupt
signal.signal(signal.SIGINT, signal.default_int_handler)  # tests in the background are started without one
end_at_second_interrupt()
try:
    os.kill(os.getpid(), signal.SIGINT)
    print("the first did nothing")
except KeyboardInterrupt:
    print("stopping", flush=True)
    os.kill(os.getpid(), signal.SIGINT)
    print("the second did nothing", flush=True)
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "stopping\n", "")


def test_an_interrupt_that_arrives_while_an_object_is_freed_is_not_lost():
    program = """
import os, signal, time
from alseg.streams import end_at_second_interrupt
signal.signal(signal.SIGINT, signal.default_int_handler)
end_at_second_interrupt()

class Freed:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0)

class Faulty:
    def __del__(self):
        raise ValueError("told as ever")

class Pressing:
    def __del__(self):
        raise KeyboardInterrupt("nobody pressed a key")

try:
    Faulty()
    Pressing()
    Freed()
    time.sleep(10)
    print("nothing stopped it")
except KeyboardInterrupt:
    print("stopping")
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (0, "stopping\n")
    assert "told as ever" in ended.stderr
    assert "nobody pressed a key" in ended.stderr
    assert ended.stderr.count("Exception ignored") == 2


def test_an_interrupt_after_the_command_ends_the_process_at_once():
    program = """
import os, signal, sys, threading, time
from alseg.main import main
signal.signal(signal.SIGINT, signal.default_int_handler)
threading.Thread(target=time.sleep, args=[5]).start()  # what main waits for at its end
threading.Timer(0.5, os.kill, [os.getpid(), signal.SIGINT]).start()
sys.argv = ["alseg", "--version"]
main()
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ended.returncode == 130
    assert ended.stdout.startswith("alseg ")
    assert ended.stderr == ""
