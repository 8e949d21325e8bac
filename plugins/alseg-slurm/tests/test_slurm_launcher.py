"""Jobs through submitit: run by its local executor, and as scripts handed to a fake sbatch."""

import os

import pytest

from alcore import LauncherSpec

submitit = pytest.importorskip("submitit", reason="submitit is not installed")
pytest.importorskip("alseg_slurm", reason="alseg-slurm is not installed")

from alseg_slurm.launcher import GoingOn, Slurm
from alseg_slurm.plugin import SlurmOptions, register_launchers

from alcore import AlsegError, JobOutcome, Registry
from alcore.testing import check_launcher, ends_soon, fixtures, process_of
from alcore.testing.launcher import launcher_findings

tiny_component, tiny_store, small_jobs = fixtures.tiny_component, fixtures.tiny_store, fixtures.small_jobs


@pytest.fixture
def fake_slurm(tmp_path, monkeypatch):
    """Commands of Slurm that keep the script, and say that every task is in the state given."""
    folder = tmp_path / "bin"
    folder.mkdir()

    def make(state, submitting="echo Submitted batch job 12"):
        scripts = {
            "srun": "exit 0",
            "scancel": f'echo "$@" >> {tmp_path}/cancelled',
            "sbatch": f'cp "$1" {tmp_path}/script.sh; {submitting}',
            "sacct": f"printf 'JobID|State|NodeList\\n12_0|{state}|a\\n12_1|{state}|a\\n'",
        }
        for name, text in scripts.items():
            (folder / name).write_text(f"#!/bin/sh\n{text}\n")
            (folder / name).chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
        # A file of results may show up late on a shared file system; not on this one.
        monkeypatch.setattr(submitit.Job, "_results_timeout_s", 0)
        return tmp_path

    return make


def test_jobs_run_and_a_failed_one_is_an_outcome(small_jobs):
    outcomes = list(Slurm(SlurmOptions(cluster="local")).launch(small_jobs("random", "no-such-strategy")))
    by_key = {outcome.key: outcome for outcome in outcomes}
    assert by_key["random"] == JobOutcome("random")
    assert by_key["no-such-strategy"].error == "no strategy named 'no-such-strategy'"
    assert len(outcomes) == 2


def test_closing_the_iterator_stops_the_jobs(small_jobs):
    (endless,) = small_jobs("random", epochs=10_000_000)
    (bad,) = small_jobs("no-such-strategy")
    outcomes = Slurm(SlurmOptions(cluster="local")).launch([endless, bad])
    assert next(outcomes).key == "no-such-strategy"
    process = process_of(endless)
    outcomes.close()
    assert ends_soon(process)


def test_the_script_asks_for_what_the_options_say(small_jobs, fake_slurm):
    folder = fake_slurm("NODE_FAIL")
    options = SlurmOptions(
        partition="gpu", time=90, cpus=4, gpus=1, memory_gib=12, at_once=1, account="lab", extra={"nice": 100},
        setup=("module load cuda",),
    )  # fmt: skip
    list(Slurm(options).launch(small_jobs("random", "entropy")))
    lines = (folder / "script.sh").read_text().splitlines()
    for line in (
        "#SBATCH --array=0-1%1",
        "#SBATCH --partition=gpu",
        "#SBATCH --time=90",
        "#SBATCH --cpus-per-task=4",
        "#SBATCH --gpus-per-node=1",
        "#SBATCH --mem=12GB",
        "#SBATCH --account=lab",
        "#SBATCH --nice=100",
        "export OMP_NUM_THREADS=4",
        "module load cuda",
    ):
        assert line in lines


def test_a_job_that_slurm_lost_is_an_outcome_that_names_its_log(small_jobs, fake_slurm):
    fake_slurm("NODE_FAIL")
    first, second = Slurm(SlurmOptions()).launch(small_jobs("random", "entropy"))
    assert {first.key, second.key} == {"random", "entropy"}
    assert first.error == "Slurm lost the job 12_0 (state NODE_FAIL)"
    assert first.hint.startswith("its log: ")
    assert first.hint.endswith("jobs/slurm/12_0_0_log.err")


def test_a_job_that_slurm_stops_is_queued_again_to_go_on(small_jobs):
    (job,) = small_jobs("random")
    again = GoingOn().checkpoint(job)
    assert isinstance(again.function, GoingOn)
    assert again.args == (job,)


def test_without_slurm_there_is_one_clear_sentence(small_jobs, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(AlsegError, match="Slurm does not take the jobs"):
        next(Slurm(SlurmOptions()).launch(small_jobs("random", "entropy")))


def test_an_option_that_slurm_refuses_is_one_clear_sentence(small_jobs, fake_slurm):
    fake_slurm("PENDING", submitting="echo 'sbatch: error: invalid partition specified: gpu' >&2; exit 1")
    with pytest.raises(AlsegError, match="invalid partition specified: gpu"):
        next(Slurm(SlurmOptions(partition="gpu")).launch(small_jobs("random", "entropy")))


def test_the_launcher_is_found_by_name():
    (spec,) = register_launchers()
    assert Registry.installed().get(LauncherSpec, "slurm").spec == spec


def test_the_launcher_passes_the_checks_with_processes_in_place_of_slurm(tmp_path):
    (spec,) = register_launchers()
    check_launcher(spec, SlurmOptions(cluster="local", logs=str(tmp_path / "logs")))


def test_without_slurm_the_checks_say_what_they_could_not_exercise(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    (spec,) = register_launchers()
    (idle,) = [finding for finding in launcher_findings(spec) if not finding.passed]
    assert "Slurm does not take the jobs" in idle.not_exercised
    assert not idle.failed
