"""The local launcher: processes that do not fight, and what becomes of one that dies."""

import os
import signal
import threading
import time

import psutil
import pytest
import torch
from alseg_launchers.local import Local
from alseg_launchers.plugin import LocalOptions, register_launchers

import alcore
from alcore.testing import check_launcher


def options(**given):
    return LocalOptions(**{"jobs": 2, **given})


def job_processes():
    """The processes of jobs that live at this moment."""
    return [child for child in psutil.Process().children() if "spawn_main" in " ".join(child.cmdline())]


def nowhere(folder, key):
    """A job that fails as soon as its configuration is looked at."""
    return alcore.Job(key, f"job {key}", {"loop": {"rounds": 1}, "dataset": {"name": "nowhere"}}, folder / key)


def test_the_launcher_passes_the_checks():
    (spec,) = register_launchers()
    check_launcher(spec, options(jobs=3))


def test_without_a_gpu_there_are_as_many_jobs_as_cores_with_memory_allow(monkeypatch):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    memory = psutil.virtual_memory()
    monkeypatch.setattr(psutil, "virtual_memory", lambda: memory._replace(available=7 * 2**30))
    assert Local(options(jobs=None)).jobs == 3
    monkeypatch.setattr(psutil, "virtual_memory", lambda: memory._replace(available=2**20))
    assert Local(options(jobs=None)).jobs == 1


def test_jobs_are_spread_over_the_gpus(monkeypatch):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    local = Local(options(jobs=None, jobs_per_device=3))
    assert local.jobs == 6
    assert local.devices == ("cuda:0", "cuda:1")


def test_a_process_that_is_killed_is_an_outcome_and_the_others_go_on(tmp_path):
    jobs = [nowhere(tmp_path, key) for key in "ab"]

    def kill_the_first():
        while not (spawned := job_processes()):
            time.sleep(0.01)
        spawned[0].send_signal(signal.SIGKILL)

    local = Local(options(jobs=1))
    killer = threading.Thread(target=kill_the_first)
    killer.start()
    outcomes = {outcome.key: outcome.error for outcome in local.launch(jobs)}
    killer.join()
    assert "killed by signal 9" in outcomes["a"]
    assert "nowhere" in outcomes["b"]


def test_closing_it_stops_what_still_runs(tmp_path):
    launched = Local(options(jobs=2)).launch([nowhere(tmp_path, key) for key in "abcd"])
    next(launched)
    launched.close()
    assert job_processes() == []


def test_the_options_are_bounded():
    for bad in ({"jobs": 0}, {"jobs_per_device": 0}):
        with pytest.raises(ValueError, match="greater than or equal to 1"):
            LocalOptions(**bad)
