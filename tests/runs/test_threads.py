"""A run computes with the threads of its configuration, whatever the process that starts it was set to."""

import json

import pytest
import torch

from alcore import open_run, resume, run

SMALL = {"strategy": "random", "dataset": "phantom", "protocol": "demo", "rounds": 0, "epochs": 1, "trackers": {}}


@pytest.fixture
def two_threads(tmp_path, monkeypatch):
    """A process of two threads, with a folder of its own for stores."""
    monkeypatch.setenv("ALSEG_DATA_DIR", str(tmp_path / "stores"))
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def test_a_run_has_one_thread_by_default_and_as_many_as_it_is_told(two_threads, tmp_path):
    model = {"name": "unet", "features": 2, "levels": 1}
    run(**SMALL, model=model, out=tmp_path / "one")
    assert torch.get_num_threads() == 1
    run(**SMALL, model=model, threads=2, out=tmp_path / "two")
    assert torch.get_num_threads() == 2
    environment = json.loads((tmp_path / "one" / "environment.json").read_text("utf-8"))
    assert environment["hardware"]["torch_threads"] == 1
    assert open_run(tmp_path / "two").path == tmp_path / "two"
    resume(tmp_path / "one")
    assert torch.get_num_threads() == 1
