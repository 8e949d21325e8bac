"""The estimate of a benchmark: which jobs share timed steps, and which do not."""

from types import SimpleNamespace

from alcore.benchmark import estimate
from alcore.runs.estimate import Estimate


def planned(strategy, seed, epochs):
    config = {
        "dataset": {"name": "phantom"},
        "strategy": {"name": strategy},
        "seed": seed,
        "learner": {"epochs": epochs},
    }
    return SimpleNamespace(job=SimpleNamespace(config=config), config=config, finished=False)


def test_jobs_of_equal_work_are_timed_once_and_others_by_themselves(monkeypatch):
    timed = []

    def of_epochs(config, registry):
        timed.append(config["learner"]["epochs"])
        return Estimate(float(timed[-1]), 0.0, 0.0, 0, True)

    monkeypatch.setattr(estimate, "estimate", of_epochs)
    monkeypatch.setattr(estimate, "job_progress", lambda job: SimpleNamespace(state="waiting", rounds_done=0, rounds=4))
    jobs = (planned("full data", 0, 1), planned("random", 0, 40), planned("entropy", 0, 40), planned("random", 1, 40))
    seconds = [job.seconds for job in estimate.estimate_plan(SimpleNamespace(jobs=jobs), None)]
    assert seconds == [1.0, 40.0, 40.0, 40.0]
    assert timed == [1, 40]
