"""A benchmark that is killed at any moment and started again comes to the results of an undisturbed one."""

import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest

from alcore.runs.directory import RunDirectory

KILLS = 5
GRID = """
strategies = ["random", "strided:block_size=3"]
seeds = [0]
deterministic = true
device = "cpu"
trackers = {}
protocol = "demo"

[launcher]
jobs = 2

[loop]
rounds = 2
budget = 2
initial = 3

[learner]
epochs = 2
batch_size = 4
min_steps = 1
validation_interval = 1

[model]
name = "unet"
features = 2
levels = 1
"""


def results(folder):
    """Scores, sizes and selections of every run, without the times."""
    found = {}
    for path in sorted((folder / "runs").iterdir()):
        directory = RunDirectory.open(path)
        rounds = [{name: value for name, value in record.items() if name != "seconds"} for record in directory.rounds()]
        found[path.name] = (rounds, directory.selections())
    return found


@pytest.fixture
def start(tmp_path, tiny_path):
    """Start the benchmark as a user does, in a process group of its own."""
    grid = tmp_path / "grid.toml"
    grid.write_text(f"datasets = {json.dumps([tiny_path])}\n{GRID}")

    def begin(folder):
        command = [sys.executable, "-m", "alseg", "benchmark", "--config", grid, "--out", folder]
        settings = {**os.environ, "OMP_NUM_THREADS": "1"}
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=settings)

    return begin


def test_killed_at_random_moments_it_comes_to_the_same_results(start, tmp_path):
    undisturbed = start(tmp_path / "undisturbed")
    started = time.monotonic()
    assert undisturbed.wait() == 0, undisturbed.stderr.read()
    seconds = time.monotonic() - started

    draw = random.Random(0)
    killed = 0
    for _ in range(KILLS):
        process = start(tmp_path / "killed")
        try:
            # What is finished stays so, hence the moments move through all phases: planning, round 0, the jobs.
            assert process.wait(draw.uniform(0.3, 0.8) * seconds) == 0, process.stderr.read()
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            killed += 1
    assert killed > 0
    last = start(tmp_path / "killed")
    assert last.wait() == 0, last.stderr.read()
    assert results(tmp_path / "killed") == results(tmp_path / "undisturbed")
