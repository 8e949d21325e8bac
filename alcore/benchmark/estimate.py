"""What a benchmark will take, from a few timed steps for each kind of job."""

import json
from dataclasses import dataclass

from alcore.benchmark.job import job_progress
from alcore.benchmark.plan import Plan
from alcore.benchmark.planned import PlannedJob
from alcore.registry import Registry
from alcore.runs.estimate import Estimate
from alcore.runs.run import estimate


@dataclass(frozen=True)
class JobEstimate:
    """One job and what is left of it.

    Args:
        planned: the job.
        state: as in :class:`alcore.benchmark.job.JobProgress`.
        seconds: what its rounds to come will take, alone on the machine; 0 for a finished job.
        memory_bytes: peak memory while it runs.
    """

    planned: PlannedJob
    state: str
    seconds: float
    memory_bytes: int


def estimate_plan(plan: Plan, registry: Registry) -> list[JobEstimate]:
    """Estimate every job; steps are timed once for all jobs of equal work, on this machine.

    Strategies that do not ask the model are faster than said, since a pass over the pool is counted for each query.

    Raises:
        AlsegError: a component does not fit the data, or the device is not there.
    """
    timed: dict[str, Estimate] = {}
    estimates = []
    for planned in plan.jobs:
        progress = job_progress(planned.job)
        if planned.finished:
            estimates.append(JobEstimate(planned, progress.state, 0.0, 0))
            continue
        work = _work(planned)
        if work not in timed:
            timed[work] = estimate(planned.config, registry)
        left = 1 - progress.rounds_done / progress.rounds
        estimates.append(JobEstimate(planned, progress.state, timed[work].seconds * left, timed[work].memory_bytes))
    return estimates


def _work(planned: PlannedJob) -> str:
    """What decides how long a job takes: all of its configuration but seed and strategy."""
    return json.dumps({key: value for key, value in planned.job.config.items() if key not in ("seed", "strategy")})
