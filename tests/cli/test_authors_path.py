"""What an author types, in a fresh virtual environment: scaffold, install, check, run, test and build a plugin."""

import json
import shutil
import time
from pathlib import Path

import numpy as np
import pytest

from alcore.specs import SPEC_TYPES

EXAMPLES = Path(__file__).parents[2] / "examples"
KINDS = tuple(SPEC_TYPES)


@pytest.fixture
def pip(typed):
    """Run the fresh environment's pip: what a distribution requires has to be there already."""

    def run(command, *arguments):
        return typed("pip", "--quiet", command, "--no-index", "--no-build-isolation", *arguments)

    return run


@pytest.fixture
def install_wheels(pip, tmp_path):
    """Build wheels of distributions and install these."""

    def install(*folders):
        pip("wheel", "--no-deps", "--wheel-dir", tmp_path / "wheels", *folders)
        wheels = sorted((tmp_path / "wheels").iterdir())
        pip("install", *wheels)
        return [wheel.name for wheel in wheels]

    return install


def test_a_stranger_gets_from_nothing_to_a_checked_strategy_that_runs_and_builds(typed, pip, tiny_run, timed):
    started = time.perf_counter()
    typed("alseg", "plugins", "new", "my-strategy", "--kind", "strategy")
    pip("install", "--editable", "alseg-my-strategy[test]")
    checked = typed("alseg", "plugins", "check", "my-strategy")
    timed("from 'alseg plugins new' to a passed 'alseg plugins check'", time.perf_counter() - started)
    assert " 0 failed" in checked

    few = ("--set", "dataset.scans=6")
    assert "my-strategy" in typed("alseg", "run", "--strategy", "my-strategy", "--dataset", "phantom", *few, *tiny_run)
    assert "2 passed" in typed("pytest", "-q", "alseg-my-strategy")
    pip("wheel", "--no-deps", "--wheel-dir", "dist", "./alseg-my-strategy")


def test_new_plugins_of_every_kind_build_install_and_pass_their_tests(typed, install_wheels, tmp_path, tiny_run):
    for kind in KINDS:
        typed("alseg", "plugins", "new", f"try-{kind}", "--kind", kind)
    folders = [tmp_path / f"alseg-try-{kind}" for kind in KINDS]
    assert install_wheels(*folders) == sorted(f"alseg_try_{kind}-0.1.0-py3-none-any.whl" for kind in KINDS)

    passed = typed("pytest", "-q", "--import-mode=importlib", *(folder / "tests" for folder in folders))
    assert f"{2 * len(KINDS)} passed" in passed
    typed("alseg", "data", "convert", "try-dataset", "--set", "size=16", "--out", "balls.h5", "--jobs", "1")
    shown = typed("alseg", "run", "--strategy", "try-strategy", "--dataset", "balls.h5", *tiny_run)
    assert "try-strategy" in shown


def test_a_strangers_strategy_runs_on_a_strangers_dataset(typed, install_wheels, tmp_path, tiny_run):
    examples = [shutil.copytree(EXAMPLES / name, tmp_path / name) for name in ("alseg-dissonance", "alseg-npz")]
    install_wheels(*examples)
    scans = tmp_path / "scans"
    scans.mkdir()
    rng = np.random.default_rng(0)
    for number in range(6):
        label = np.zeros((5, 12, 10), np.uint8)
        label[:, 3:8, 2:6] = 1
        np.savez(scans / f"scan{number}.npz", image=label * 50 + rng.integers(0, 9, label.shape), label=label)
    (scans / "classes.txt").write_text("background\norgan\n")

    assert " 0 failed" in typed("alseg", "plugins", "check", "dissonance")
    assert " 0 failed" in typed("alseg", "plugins", "check", "npz", "--source", scans)
    typed("alseg", "data", "convert", "npz", "--source", scans, "--out", "mine.h5", "--jobs", "1")
    typed("alseg", "run", "--strategy", "dissonance", "--dataset", "mine.h5", *tiny_run)

    rounds = [json.loads(line) for line in (tmp_path / "run" / "rounds.jsonl").read_text().splitlines()]
    assert len(rounds) == 2
    environment = (tmp_path / "run" / "environment.json").read_text()
    assert "alseg-dissonance" in environment
    assert "0.3.0" in environment
