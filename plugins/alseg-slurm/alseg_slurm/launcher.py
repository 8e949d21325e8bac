"""The Slurm launcher."""

import os
import time
from collections.abc import Generator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import submitit
from submitit.core.utils import FailedJobError, FailedSubmissionError, UncompletedJobError

from alcore import AlsegError, Job, JobOutcome, run_job

if TYPE_CHECKING:
    from alseg_slurm.plugin import SlurmOptions

SECONDS_BETWEEN_LOOKS = {"slurm": 10.0, "local": 0.2}
"""Slurm's accounting does not like to be asked all the time."""


class GoingOn:
    """Runs a job in the array; where Slurm stops it, submitit queues it again, and it goes on."""

    def __call__(self, job: Job) -> JobOutcome:
        """Run the job."""
        return run_job(job)

    def checkpoint(self, job: Job) -> submitit.helpers.DelayedSubmission:
        """Tell submitit, which calls this shortly before the job is stopped, what to queue."""
        return submitit.helpers.DelayedSubmission(self, job)


class Slurm:
    """Runs the jobs as one Slurm job array.

    The folder of the benchmark, that of the slice stores and the Python environment must be reachable under the same
    paths from every node.

    Args:
        options: see :class:`SlurmOptions`.
    """

    def __init__(self, options: "SlurmOptions") -> None:
        self._options = options

    def launch(self, jobs: Sequence[Job]) -> Generator[JobOutcome, None, None]:
        """Run every job and yield its outcome as it ends, see :class:`alcore.Launcher`.

        Raises:
            AlsegError: Slurm is not there, or does not take the jobs.
        """
        if not jobs:
            return
        logs = self._log_folder(jobs)
        waiting = dict(zip(self._submit(jobs, logs), jobs, strict=True))
        try:
            while waiting:
                ended = [submitted for submitted in waiting if submitted.done()]
                for submitted in ended:
                    yield _outcome(submitted, waiting.pop(submitted))
                if waiting and not ended:
                    time.sleep(SECONDS_BETWEEN_LOOKS[self._options.cluster])
        finally:
            for submitted in waiting:
                with suppress(Exception):  # it may have ended by itself meanwhile
                    submitted.cancel()

    def parameters(self) -> dict[str, Any]:
        """What the jobs ask for, in submitit's terms."""
        options = self._options
        asked: dict[str, Any] = {
            "name": "alseg",
            "timeout_min": options.time,
            "cpus_per_task": options.cpus,
            "mem_gb": options.memory_gib,
        }
        if options.gpus:
            asked["gpus_per_node"] = options.gpus
        if options.cluster == "slurm":
            asked |= {
                "slurm_array_parallelism": options.at_once,
                "slurm_additional_parameters": dict(options.extra),
                "slurm_setup": [f"export OMP_NUM_THREADS={options.cpus}", *options.setup],
            }
            named = {"slurm_partition": options.partition, "slurm_account": options.account}
            asked |= {name: value for name, value in named.items() if value}
        return asked

    def _log_folder(self, jobs: Sequence[Job]) -> Path:
        if self._options.logs:
            return Path(self._options.logs).absolute()
        return Path(os.path.commonpath([job.directory.parent for job in jobs])) / "slurm"

    def _submit(self, jobs: Sequence[Job], logs: Path) -> list[Any]:
        options = self._options
        limits = {"slurm_max_num_timeout": options.restarts} if options.cluster == "slurm" else {}
        try:
            executor = submitit.AutoExecutor(folder=logs, cluster=options.cluster, **limits)
            executor.update_parameters(**self.parameters())
            return list(executor.map_array(GoingOn(), jobs))
        except (RuntimeError, FailedJobError, FailedSubmissionError, OSError) as error:
            raise AlsegError(
                f"Slurm does not take the jobs: {' '.join(str(error).split())}",
                hint="run alseg where sbatch works (a login node); --launcher local runs on this machine",
            ) from error


def _outcome(submitted: Any, job: Job) -> JobOutcome:
    where = f"its log: {submitted.paths.stderr}"
    try:
        outcome: JobOutcome = submitted.result()
    except UncompletedJobError:
        return JobOutcome(job.key, f"Slurm lost the job {submitted.job_id} (state {submitted.state})", where)
    except FailedJobError:
        last = str(submitted.exception()).strip().rpartition("\n")[2]
        return JobOutcome(job.key, f"the Slurm job {submitted.job_id} failed: {last}", where)
    return outcome
