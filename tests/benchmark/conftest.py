import os
from pathlib import Path

import pytest

from alcore.benchmark.directory import BenchmarkDirectory
from alcore.benchmark.grid import GRID_KEYS, make_grid
from alcore.benchmark.job import run_job
from alcore.benchmark.launch import run_benchmark
from alcore.benchmark.plan import plan
from alcore.registry import Registry
from alcore.runs.layers import layered
from alcore.testing import fixtures

SMALL = {
    "loop": {"rounds": 2, "budget": 2, "initial": 3},
    "learner": {"epochs": 2, "batch_size": 4, "min_steps": 1, "validation_interval": 1},
    "model": {"name": "unet", "features": 2, "levels": 1},
    "loss": {"name": "cross-entropy"},
    "trackers": {},
    "device": "cpu",
}


class InThisProcess:
    """A launcher for tests: one job after the other, here."""

    def __init__(self):
        self.launched = []

    def launch(self, jobs):
        for job in jobs:
            self.launched.append(job.label)
            yield run_job(job)


tiny_component, tiny_store = fixtures.tiny_component, fixtures.tiny_store


@pytest.fixture(scope="session")
def tiny_path(tiny_store):
    """Path of a store of four small scans."""
    return str(tiny_store.path)


@pytest.fixture
def benchmark(tmp_path, tiny_path):
    """Run a grid on the tiny store into one folder; returns the launcher, the plan and the failed jobs."""

    def run(strategies="random,entropy", *, launcher=None, folder="bench", **values):
        registry = Registry.installed()
        given = {"strategies": strategies, "datasets": tiny_path, **SMALL, **values}
        grid = make_grid(layered(given, protocol="demo", apart=GRID_KEYS), registry)
        directory = BenchmarkDirectory(Path(os.path.relpath(tmp_path / folder)))
        launcher = launcher or InThisProcess()
        with directory.lock():
            planned = plan(grid, registry, directory)
            failed = run_benchmark(planned, directory, launcher)
        return launcher, planned, failed

    return run
