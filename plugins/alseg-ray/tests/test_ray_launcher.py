"""Grids of small jobs on a Ray cluster of two nodes on this machine."""

import json
import os
import signal
import threading
import time

import pytest

from alcore import LauncherSpec

ray = pytest.importorskip("ray", reason="Ray is not installed")
pytest.importorskip("alseg_ray", reason="alseg-ray is not installed")

from alseg_ray.launcher import Ray
from alseg_ray.plugin import RayOptions, register_launchers
from ray.cluster_utils import Cluster

from alcore import AlsegError, JobOutcome, Registry, run_job
from alcore.testing import check_launcher, ends_soon, fixtures, process_of

tiny_component, tiny_store, small_jobs = fixtures.tiny_component, fixtures.tiny_store, fixtures.small_jobs

ROUNDS = 4


@pytest.fixture(scope="module")
def cluster():
    """Two nodes of one core each."""
    small = {"num_cpus": 1, "object_store_memory": 80 * 2**20, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args=small)
    del small["include_dashboard"]
    cluster.add_node(**small)
    yield cluster
    ray.shutdown()
    cluster.shutdown()


def numbers(job):
    records = [json.loads(line) for line in (job.directory / "rounds.jsonl").read_text().splitlines()]
    return [{name: value for name, value in record.items() if name != "seconds"} for record in records]


def kill_one_in_the_middle(jobs, killed, ended):
    """Kill the process of the first job that has committed a round and is not done; note what it had committed."""
    while not ended.is_set() and not killed:
        for job in jobs:
            rounds, running = job.directory / "rounds.jsonl", job.directory / "running.json"
            if rounds.is_file() and running.is_file() and 1 <= len(rounds.read_text().splitlines()) < ROUNDS:
                os.kill(json.loads(running.read_text())["pid"], signal.SIGKILL)
                killed.append(job.key)
                break
        time.sleep(0.01)


@pytest.mark.slow
def test_a_grid_completes_with_the_same_numbers_though_a_worker_is_killed_in_the_middle(cluster, small_jobs):
    grid = small_jobs("random", "stratified", "entropy", rounds=ROUNDS, epochs=20)
    killed, ended = [], threading.Event()
    killer = threading.Thread(target=kill_one_in_the_middle, args=(grid, killed, ended))
    killer.start()
    outcomes = list(Ray(RayOptions(address=cluster.address, retries=3)).launch(grid))
    ended.set()
    killer.join()
    assert len(killed) == 1, "no job was caught in the middle"
    assert sorted(outcomes, key=lambda outcome: outcome.key) == [
        JobOutcome(name) for name in ("entropy", "random", "stratified")
    ]
    (again,) = (job for job in grid if job.key == killed[0])
    assert "resumed" in json.loads((again.directory / "environment.json").read_text())
    (undisturbed,) = small_jobs(killed[0], folder="undisturbed", rounds=ROUNDS, epochs=20)
    assert run_job(undisturbed) == JobOutcome(killed[0])
    assert numbers(again) == numbers(undisturbed)


@pytest.mark.slow
def test_a_job_that_fails_is_an_outcome_and_closing_stops_the_others(cluster, small_jobs):
    good, endless = small_jobs("random", "entropy", epochs=1_000_000)
    (bad,) = small_jobs("no-such-strategy")
    outcomes = Ray(RayOptions(address=cluster.address)).launch([bad, good, endless])
    first = next(outcomes)
    assert (first.key, first.error) == ("no-such-strategy", "no strategy named 'no-such-strategy'")
    process = process_of(good)
    outcomes.close()
    assert ends_soon(process)


@pytest.mark.slow
def test_jobs_that_no_machine_can_hold_are_refused_at_once(cluster, small_jobs):
    with pytest.raises(AlsegError, match="no machine of the Ray cluster has the 2 cores, 1 GPUs"):
        next(Ray(RayOptions(address=cluster.address, cpus=2, gpus=1)).launch(small_jobs("random")))


def test_a_cluster_that_is_not_there_is_one_clear_sentence(small_jobs, monkeypatch):
    monkeypatch.setattr(ray, "is_initialized", lambda: False)

    def refuse(**_):
        raise ConnectionError("Could not find any running Ray instance.")

    monkeypatch.setattr(ray, "init", refuse)
    with pytest.raises(AlsegError, match="the Ray cluster at auto cannot be used: Could not find any running"):
        next(Ray(RayOptions(address="auto")).launch(small_jobs("random")))


def test_the_launcher_is_found_by_name():
    (spec,) = register_launchers()
    assert Registry.installed().get(LauncherSpec, "ray").spec == spec


@pytest.mark.slow
def test_the_launcher_passes_the_checks(cluster):
    (spec,) = register_launchers()
    check_launcher(spec, RayOptions(address=cluster.address))
