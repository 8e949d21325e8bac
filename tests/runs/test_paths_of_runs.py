"""Where a run goes whose folder nobody named, and which paths it records."""

import pytest

from alcore.registry import Registry
from alcore.runs.config import resolve
from alcore.runs.run_path import run_path


@pytest.fixture
def resolved(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    registry = Registry.installed()
    return lambda **values: resolve(values, registry)


def test_runs_that_start_at_once_each_get_a_folder_of_their_own(resolved):
    config = resolved(dataset="phantom")
    with run_path(None, config) as first, run_path(None, config) as second, run_path(None, config) as third:
        names = [path.name for path in (first, second, third)]
        assert names == ["phantom-random-seed0", "phantom-random-seed0-2", "phantom-random-seed0-3"]
        assert all(path.is_dir() for path in (first, second, third))


def test_a_folder_into_which_no_run_came_is_removed_and_another_stays(resolved):
    config = resolved(dataset="phantom")
    with run_path(None, config) as empty, run_path(None, config) as used:
        (used / "config.toml").touch()
    assert not empty.exists()
    assert (used / "config.toml").exists()


def test_a_named_folder_is_not_made(resolved, tmp_path):
    with run_path(tmp_path / "mine", resolved(dataset="phantom")) as path:
        assert path == tmp_path / "mine"
        assert not path.exists()


@pytest.mark.parametrize("name", ["mine.h5", "./mine.h5", "stores/mine.h5"])
def test_the_relative_path_of_a_store_is_recorded_absolutely(resolved, tmp_path, name):
    assert resolved(dataset=name).as_values()["dataset"]["name"] == str(tmp_path / name)


def test_the_name_of_a_dataset_is_recorded_as_it_is(resolved):
    assert resolved(dataset="phantom").dataset == "phantom"


def test_the_relative_path_of_a_replayed_run_is_recorded_absolutely(resolved, tmp_path):
    config = resolved(dataset="phantom", replay={"run": "runs/one"})
    assert config.as_values()["replay"]["run"] == str(tmp_path / "runs" / "one")
