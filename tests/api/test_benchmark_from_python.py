"""A benchmark and its table from Python."""

import pytest
from alseg_results import tidy_results

import alcore
from alcore.testing import fixtures

tiny_component, tiny_store = fixtures.tiny_component, fixtures.tiny_store

SMALL = {
    **{"rounds": 1, "budget": 2, "initial": 3, "epochs": 1, "batch_size": 4, "device": "cpu", "trackers": {}},
    "model": {"name": "unet", "features": 2, "levels": 1},
}


def test_a_benchmark_leaves_all_scores_in_its_folder_and_does_nothing_twice(tiny_store, tmp_path, capsys):
    grid = {"strategies": ["random", "margin"], "datasets": str(tiny_store.path), "out": tmp_path / "bench"}
    launcher = {"jobs": 1}
    full_data = {"learner": {"epochs": 1}}
    outcome = alcore.run_benchmark(**grid, protocol="demo", launcher=launcher, full_data=full_data, **SMALL)
    assert [item.job.label for item in outcome.jobs][1:] == ["random on tiny, seed 0", "margin on tiny, seed 0"]
    table = tidy_results(grid["out"])
    means = table[(table["class"] == "mean") & (table["split"] == "validation")]
    assert sorted(zip(means["strategy"], means["round"], strict=True)) == [
        ("full data", 0),
        ("margin", 0),
        ("margin", 1),
        ("random", 0),
        ("random", 1),
    ]
    assert "margin on tiny, seed 0: done" in capsys.readouterr().err
    alcore.run_benchmark(**grid, protocol="demo", launcher=launcher, progress=False, **SMALL)
    assert capsys.readouterr().err == ""
    assert tidy_results(grid["out"]).equals(table)


def test_a_job_that_fails_is_an_error_that_names_it(tiny_store, tmp_path):
    with pytest.raises(alcore.AlsegError, match="no strategy named 'nobody'"):
        alcore.run_benchmark(strategies="nobody", datasets=str(tiny_store.path), out=tmp_path / "bench")
