import importlib
import logging
import os
import signal
import site
import subprocess
import sys
import sysconfig
import venv
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from alseg import failures
from alseg.main import main

from alcore.guards.process_state import process_state_kept

TIMED = "timed: "
SETTINGS = {"OMP_NUM_THREADS": "1", "COLUMNS": "80"}
"""Environment variables of every command that a test calls."""


class Ended(NamedTuple):
    """How a command ended, and what it wrote."""

    status: int
    stdout: str
    stderr: str


@pytest.fixture
def call_alseg(capfd, monkeypatch):
    """Call ``alseg`` in this process, which is as it was afterwards; a process each would take minutes.

    The command works in ``folder`` and finds the distributions that are installed in ``site_packages``.
    """

    def call(*arguments, folder, site_packages, **environment):
        capfd.readouterr()
        with global_state_kept(folder), monkeypatch.context() as patched:
            patched.chdir(folder)
            patched.setattr("sys.argv", ["alseg", *map(str, arguments)])
            patched.setattr("faulthandler.enable", lambda *_: None)  # pytest has its own
            for name, value in {**SETTINGS, **searched(site_packages), **environment}.items():
                patched.setenv(name, value)
            with pytest.raises(SystemExit) as ended:
                main()
        return Ended(ended.value.code or 0, *capfd.readouterr())

    return call


def searched(site_packages):
    """Add a folder of installed distributions to the import path; returns the variable that tells other processes."""
    before = set(sys.path)
    site.addsitedir(str(site_packages))
    importlib.invalidate_caches()
    added = [path for path in sys.path if path not in before]
    return {"PYTHONPATH": os.pathsep.join(filter(None, (*added, os.environ.get("PYTHONPATH"))))}


@contextmanager
def global_state_kept(folder):
    """Set back what a command changes for its process, and forget modules that were imported from ``folder``."""
    interrupt, hook, logger = signal.getsignal(signal.SIGINT), sys.unraisablehook, logging.getLogger("alcore")
    handlers, level, modules = list(logger.handlers), logger.level, set(sys.modules)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # as a command finds it
    try:
        with process_state_kept(), warnings.catch_warnings():
            yield
    finally:
        signal.signal(signal.SIGINT, interrupt)
        sys.unraisablehook = hook
        logger.handlers[:] = handlers
        logger.setLevel(level)
        failures._plugins.cache_clear()
        for name in set(sys.modules) - modules:
            file = getattr(sys.modules[name], "__file__", None)
            if file and folder in Path(file).parents:
                del sys.modules[name]


class Environment(NamedTuple):
    """A virtual environment."""

    python: Path
    site_packages: Path


@pytest.fixture
def fresh_environment(tmp_path):
    """A new virtual environment: alseg is installed there, with what it needs, and no other plugin.

    Nothing is downloaded: what the environment of the tests holds is there too, and what is installed stays out of it.
    """
    folder = tmp_path / "environment"
    venv.create(folder, symlinks=True)
    (site_packages,) = folder.glob("[Ll]ib/**/site-packages")
    installed_here = f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n"
    (site_packages / "environment_of_the_tests.pth").write_text(installed_here, encoding="utf-8")
    python = next(path for path in (folder / "bin" / "python", folder / "Scripts" / "python.exe") if path.exists())
    return Environment(python, site_packages)


@pytest.fixture
def typed(tmp_path, fresh_environment, call_alseg):
    """Type a command where ``python``, ``pip`` and ``alseg`` are a fresh environment's; returns what it printed."""

    def run(program, *arguments, **settings):
        if program == "alseg":
            site_packages = fresh_environment.site_packages
            ended = call_alseg(*arguments, folder=tmp_path, site_packages=site_packages, **settings)
        else:
            command = [fresh_environment.python, "-m", program, *arguments]
            environment = {**os.environ, **SETTINGS, **settings}
            done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8")
            ended = Ended(done.returncode, done.stdout, done.stderr)
        assert ended.status == 0, f"{program} {arguments}\n{ended.stdout}{ended.stderr}"
        return ended.stdout

    return run


@pytest.fixture
def timed(record_property):
    """Have a duration printed below the tests' results; no test depends on one."""
    return lambda what, seconds: record_property(TIMED + what, f"{seconds:.1f} s")


def pytest_terminal_summary(terminalreporter):
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name.startswith(TIMED):
                terminalreporter.write_line(f"{name.removeprefix(TIMED)}: {value}")
