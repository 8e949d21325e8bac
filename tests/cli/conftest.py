import os
import subprocess
import sys

import pytest

from alcore.testing.distributions import write_distribution

ONE_STRATEGY = """
    import alcore

    @alcore.hookimpl
    def register_strategies():
        yield alcore.StrategySpec(name={name!r}, summary="Slices nearest to noon.", target="nowhere.strategies:Noon")
"""


@pytest.fixture
def installed(tmp_path):
    """Install a fake distribution, with one strategy or with a given plugin module, for ``alseg``."""

    def install(distribution, strategy="", *, source="", **details):
        text = source or ONE_STRATEGY.format(name=strategy)
        return write_distribution(tmp_path / "site", distribution, text, **details)

    return install


@pytest.fixture
def alseg(tmp_path, call_alseg):
    """Run the command line, in this process and a temporary folder, and check its exit status."""

    def run(*arguments, status=0, **environment):
        ended = call_alseg(*arguments, folder=tmp_path, site_packages=tmp_path / "site", **environment)
        assert ended.status == status, ended.stdout + ended.stderr
        return ended

    return run


@pytest.fixture
def alseg_process(tmp_path):
    """The same in a process of its own: for what is imported, signals, and the end of a process. Takes seconds."""

    def run(*arguments, status=0, **environment):
        path = os.pathsep.join(filter(None, (str(tmp_path / "site"), os.environ.get("PYTHONPATH"))))
        settings = {"OMP_NUM_THREADS": "1", "PYTHONPATH": path, "COLUMNS": "80"}
        result = subprocess.run(
            [sys.executable, "-m", "alseg", *map(str, arguments)],
            capture_output=True,
            encoding="utf-8",
            cwd=tmp_path,
            env={**os.environ, **settings, **environment},
        )
        assert result.returncode == status, result.stdout + result.stderr
        return result

    return run


@pytest.fixture
def tiny_run():
    """Arguments of ``alseg run`` for a run of two rounds that takes seconds."""
    sizes = ("--rounds", "1", "--budget", "2", "--initial", "2", "--epochs", "1", "--batch-size", "4")
    network = ("--set", "model.features=2", "--set", "model.levels=1")
    return (*sizes, *network, "--device", "cpu", "--out", "run")
