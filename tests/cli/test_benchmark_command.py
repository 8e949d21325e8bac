"""``alseg benchmark`` as a user calls it."""

import json

import pytest


@pytest.fixture
def grid(tiny_run, tmp_path):
    """Arguments of ``alseg benchmark`` on a small phantom (synthetic)."""
    common = tiny_run[: tiny_run.index("--out")]
    data = ("--datasets", "phantom:scans=5", "--seeds", "0", "--protocol", "demo")
    return (*common, *data, "--jobs", "2", "--out", "bench")


@pytest.fixture
def run(alseg, tmp_path):
    def call(*arguments, **details):
        return alseg("benchmark", *arguments, ALSEG_DATA_DIR=str(tmp_path / "data"), **details)

    return call


def test_a_dry_run_lists_the_jobs_and_makes_nothing(run, grid, tmp_path):
    result = run("--strategies", "random,entropy", *grid, "--dry-run")
    assert "random on phantom:scans=5, seed 0: waiting, about" in result.stdout
    assert "2 jobs, 2 to run" in result.stdout
    assert not (tmp_path / "bench").exists()


def test_a_failed_job_is_told_with_its_reason_and_the_exit_status_says_so(run, grid, installed, tmp_path):
    installed(
        "alseg-bursting",
        source="""
            import alcore

            class Bursting:
                def __init__(self, options):
                    pass

                def select(self, query):
                    raise RuntimeError("it burst")

            @alcore.hookimpl
            def register_strategies():
                yield alcore.StrategySpec(name="bursting", summary="Bursts.", target="alseg_bursting:Bursting")
        """,
    )
    result = run("--strategies", "bursting,random", *grid, "--json", status=1)
    ended = {row["strategy"]: row for row in json.loads(result.stdout)}
    assert (ended["random"]["state"], ended["bursting"]["state"]) == ("finished", "failed")
    assert "it burst" in ended["bursting"]["error"]
    assert "round 0 on phantom:scans=5, seed 0: done" in result.stderr
    note = json.loads((tmp_path / ended["bursting"]["directory"] / "failed.json").read_text())
    assert "Traceback" in note["traceback"]

    again = run("--strategies", "random", *grid)
    assert "1 jobs, 1 of them finished already" in again.stderr
    assert "1 of 1 jobs are finished" in again.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--strategies", ""), "the grid has no strategies"),
        (("--strategies", "random", "--seeds", "0-2,1"), "the seeds overlap"),
        (("--strategies", "random,entropi,margin"), "no strategy named 'entropi'"),
        (("--strategies", "random", "--launcher", "moon"), "no launcher named 'moon'"),
        (("--strategies", "random", "--set", "launcher.thread=2"), "has no option 'thread'"),
        (("--strategies", "random", "--set", "strategy.name=entropy"), "a grid has no single 'strategy'"),
    ],
)
def test_a_grid_that_cannot_be_is_told_in_a_sentence(run, arguments, said):
    data = () if "--datasets" in arguments else ("--datasets", "phantom:scans=5")
    result = run(*arguments, *data, status=2)
    assert said in result.stderr
    assert "Traceback" not in result.stderr
