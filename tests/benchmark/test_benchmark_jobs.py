"""Jobs are named by what decides their numbers, run once, and share what they can."""

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from alcore.benchmark.directory import BenchmarkDirectory
from alcore.benchmark.grid import GRID_KEYS, make_grid
from alcore.benchmark.job import job_progress, run_job
from alcore.benchmark.plan import plan
from alcore.errors import AlsegError
from alcore.jobs import Job, JobOutcome
from alcore.registry import Registry
from alcore.runs.directory import RunDirectory
from alcore.runs.layers import layered

SMALL_SECTIONS = {
    "learner": {"epochs": 2, "batch_size": 4, "min_steps": 1, "validation_interval": 1},
    "loop": {"rounds": 2, "budget": 2, "initial": 3},
    "loss": {},
}


def numbers(planned):
    """What the jobs came to, without the times."""
    return {
        item.job.label: [
            {name: value for name, value in record.items() if name != "seconds"}
            for record in RunDirectory.open(item.job.directory).rounds()
        ]
        for item in planned.jobs
    }


def choices(planned):
    return {item.job.label: RunDirectory.open(item.job.directory).selections() for item in planned.jobs}


def keys(planned):
    return {item.job.label: item.job.key for item in planned.jobs}


def test_round_0_is_trained_once_per_seed_and_changes_no_number(benchmark):
    launcher, shared, failed = benchmark(seeds="0-1")
    assert failed == []
    assert [label for label in launcher.launched if label.startswith("round 0")] == [
        "round 0 on tiny, seed 0",
        "round 0 on tiny, seed 1",
    ]
    alone = {}
    for item in shared.jobs:
        job = Job(item.job.key, item.job.label, item.job.config, item.job.directory.with_name(f"alone-{item.job.key}"))
        assert run_job(job) == JobOutcome(job.key)
        alone[item.job.label] = RunDirectory.open(job.directory)
    told = {
        label: [{name: value for name, value in record.items() if name != "seconds"} for record in directory.rounds()]
        for label, directory in alone.items()
    }
    assert numbers(shared) == told
    assert choices(shared) == {label: directory.selections() for label, directory in alone.items()}


def test_finished_jobs_are_not_run_again_and_a_new_strategy_runs_alone(benchmark):
    benchmark()
    again, _, _ = benchmark()
    assert again.launched == []
    more, planned, _ = benchmark("random,margin,entropy")
    assert more.launched == ["margin on tiny, seed 0"]
    assert all(job_progress(item.job).state == "finished" for item in planned.jobs)


def test_an_interrupted_job_goes_on_to_the_same_numbers(benchmark):
    _, whole, _ = benchmark(folder="whole")

    class Interrupted(Exception):
        pass

    class Breaks:
        def launch(self, jobs):
            for job in jobs:
                if "entropy" not in job.label:
                    yield run_job(job)
                    continue
                run_job(
                    Job(job.key, job.label, {**job.config, "loop": {**job.config["loop"], "rounds": 1}}, job.directory)
                )
                raise Interrupted
            return

    with pytest.raises(Interrupted):
        benchmark(folder="broken", launcher=Breaks())
    launcher, planned, _ = benchmark(folder="broken")
    assert launcher.launched == ["entropy on tiny, seed 0"]
    record = numbers(planned)["entropy on tiny, seed 0"]
    assert record[:2] == numbers(whole)["entropy on tiny, seed 0"][:2]


@pytest.mark.parametrize(
    "change", [{"learner": {"epochs": 3}}, {"loss": {"name": "focal"}}, {"loop": {"budget": 1}}, {"seed_of": 1}]
)
def test_what_decides_the_numbers_changes_the_key(benchmark, change):
    _, before, _ = benchmark("random")
    if "seed_of" in change:
        _, after, _ = benchmark("random", seeds="1", folder="other")
    else:
        values = {name: {**SMALL_SECTIONS[name], **part} for name, part in change.items()}
        _, after, _ = benchmark("random", folder="other", **values)
    assert set(keys(before).values()).isdisjoint(keys(after).values())


def test_what_decides_only_where_a_job_runs_leaves_the_key(benchmark):
    _, before, _ = benchmark("random")
    _, after, _ = benchmark("random", device="auto", trackers={"tensorboard": {}}, pool={"memory_budget": 100.0})
    assert keys(before) == keys(after)


def test_a_changed_job_is_run_anew_and_the_old_one_is_set_aside(benchmark, tmp_path):
    _, before, _ = benchmark("random")
    _, after, _ = benchmark("random", learner={**SMALL_SECTIONS["learner"], "epochs": 1})
    (old,), (new,) = before.jobs, after.jobs
    assert not old.job.directory.exists()
    assert (tmp_path / "bench" / "superseded" / old.job.directory.name / "rounds.jsonl").is_file()
    assert new.job.directory.is_dir()


def test_another_version_of_a_component_changes_the_key(benchmark, monkeypatch):
    _, before, _ = benchmark("random,entropy")
    installed = Registry.installed

    def upgraded():
        records = installed().records
        return Registry(
            replace(record, found=replace(record.found, version="99.0"))
            if record.found.distribution == "alseg-strategies"
            else record
            for record in records
        )

    monkeypatch.setattr(Registry, "installed", upgraded)
    _, after, _ = benchmark("random,entropy", folder="other")
    assert set(keys(before).values()).isdisjoint(keys(after).values())


def test_full_data_is_trained_on_every_label_as_the_protocol_says_of_such_training(benchmark):
    launcher, planned, failed = benchmark("random", full_data={"learner": {"epochs": 2}})
    assert failed == []
    assert launcher.launched == ["round 0 on tiny, seed 0", "full data on tiny, seed 0", "random on tiny, seed 0"]
    full = planned.jobs[0]
    (record,) = RunDirectory.open(full.job.directory).rounds()
    assert record["labelled"] == record["pool"]
    assert (full.notes["full_data"], full.config.learner.options.epochs) == (True, 2)
    again, _, _ = benchmark("random", full_data={"learner": {"epochs": 2}})
    assert again.launched == []


def test_without_further_values_full_data_trains_for_the_epochs_of_the_protocol(tmp_path, tiny_path):
    registry = Registry.installed()
    given = {"strategies": "random", "datasets": tiny_path, "full_data": True, "epochs": 3}
    grid = make_grid(layered(given, protocol="less-is-more", apart=GRID_KEYS), registry)
    full, random = plan(grid, registry, BenchmarkDirectory(tmp_path)).jobs
    assert (full.config.learner.options.epochs, random.config.learner.options.epochs) == (50, 3)


def test_full_data_beside_a_grid_takes_nothing_from_its_other_runs(tmp_path, tiny_path):
    registry = Registry.installed()
    given = {"strategies": "random", "datasets": tiny_path}
    grids = [
        make_grid(layered({**given, **more}, protocol="demo", apart=GRID_KEYS), registry)
        for more in ({}, {"full_data": True})
    ]
    assert grids[0].values == grids[1].values
    alone, beside = (plan(grid, registry, BenchmarkDirectory(tmp_path)).jobs[-1] for grid in grids)
    assert (alone.job.key, alone.config.loop.initial) == (beside.job.key, 16)


def test_jobs_can_be_run_from_any_folder(benchmark, tiny_path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    relative = os.path.relpath(tiny_path)
    _, planned, failed = benchmark("random", datasets=relative)
    job = planned.jobs[0].job
    assert failed == []
    assert job.directory.is_absolute()
    assert Path(job.config["dataset"]["name"]) == Path(tiny_path).resolve()


def test_two_entries_that_are_one_job_are_an_error(benchmark):
    with pytest.raises(AlsegError, match="are the same job"):
        benchmark("entropy,entropy:one_per_scan=true")


def test_unknown_strategies_are_named_all_at_once_before_anything_is_made(benchmark, tmp_path):
    with pytest.raises(AlsegError, match="'entropi', 'randon'") as raised:
        benchmark("entropi,random,randon")
    assert "entropy" in raised.value.hint
    assert not (tmp_path / "bench" / "runs").exists()


class Failing:
    """A launcher under which one strategy fails."""

    def launch(self, jobs):
        for job in jobs:
            yield JobOutcome(job.key, "it burst", "mend it") if "entropy" in job.label else run_job(job)


def test_a_failed_job_is_reported_and_does_not_stop_the_others(benchmark):
    _, planned, failed = benchmark("entropy,random", launcher=Failing())
    assert [(ended.job.label, ended.outcome.error) for ended in failed] == [("entropy on tiny, seed 0", "it burst")]
    assert {item.job.label: job_progress(item.job).state for item in planned.jobs} == {
        "entropy on tiny, seed 0": "waiting",
        "random on tiny, seed 0": "finished",
    }


def test_what_a_job_raises_becomes_its_outcome_and_a_note(benchmark, tmp_path):
    _, planned, _ = benchmark("random")
    job = planned.jobs[0].job
    config = {**job.config, "model": {"name": "unet", "features": 0}}
    broken = Job("k", "broken", config, tmp_path / "broken")
    outcome = run_job(broken)
    assert "features" in outcome.error
    assert json.loads((tmp_path / "broken" / "failed.json").read_text())["error"] == outcome.error
    progress = job_progress(broken)
    assert (progress.state, progress.reason) == ("failed", outcome.error)
    mended = Job("k", "mended", job.config, tmp_path / "broken")
    assert run_job(mended) == JobOutcome("k")
    assert not (tmp_path / "broken" / "failed.json").exists()


def test_a_half_made_run_directory_is_made_anew(benchmark, tmp_path):
    _, planned, _ = benchmark("random")
    job = planned.jobs[0].job
    (job.directory / "config.toml").unlink()
    outcome = run_job(job)
    assert outcome == JobOutcome(job.key)
    assert job_progress(job).state == "finished"


def test_a_launcher_that_leaves_a_job_unanswered_is_an_error(benchmark):
    class Forgets:
        def launch(self, jobs):
            yield from map(run_job, jobs[:-1])

    with pytest.raises(AlsegError, match="Forgets left 1 jobs unanswered"):
        benchmark(launcher=Forgets())


def test_a_launcher_that_lies_is_found_out(benchmark):
    class Lies:
        def launch(self, jobs):
            for job in jobs:
                yield JobOutcome(job.key)

    _, _, failed = benchmark("random", launcher=Lies())
    assert [ended.outcome.error for ended in failed] == ["it was reported as done, but its last round is missing"]


def test_a_folder_of_something_else_is_left_alone(benchmark, tmp_path):
    (tmp_path / "bench").mkdir()
    (tmp_path / "bench" / "thesis.txt").write_text("mine")
    with pytest.raises(AlsegError, match="is no benchmark"):
        benchmark()
    assert (tmp_path / "bench" / "thesis.txt").read_text() == "mine"


def test_a_second_process_is_told_so(benchmark, tmp_path):
    benchmark("random")
    with BenchmarkDirectory(tmp_path / "bench").lock(), pytest.raises(AlsegError, match="another process"):
        benchmark("random")


def test_a_job_whose_note_is_damaged_is_named(benchmark):
    _, planned, _ = benchmark("random")
    (planned.jobs[0].job.directory / "job.json").write_text("{")
    with pytest.raises(AlsegError, match=r"job\.json is damaged"):
        benchmark("random")


def test_a_start_that_was_lost_is_trained_again_where_needed(benchmark, tmp_path):
    benchmark("random")
    shutil.rmtree(tmp_path / "bench" / "starts")
    launcher, _, failed = benchmark("random,margin")
    assert launcher.launched == ["round 0 on tiny, seed 0", "margin on tiny, seed 0"]
    assert failed == []
