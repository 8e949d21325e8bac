"""The Ray launcher."""

import logging
import os
import signal
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

# Ray asks for these before it is imported; both only write into the terminal.
os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")

import ray
from ray import exceptions

from alcore import AlsegError, Job, JobOutcome, run_job

if TYPE_CHECKING:
    from alseg_ray.plugin import RayOptions

SECONDS_TO_LOOK_UP = 1.0
"""How long a wait lasts at most before an interruption is seen."""

GIB = 2**30


def run_from(job: Job, folder: Path) -> JobOutcome:
    """Run a job in the folder from which the benchmark was started: paths of stores may be relative to it."""
    os.chdir(folder)
    return run_job(job)


class Ray:
    """Runs each job as a Ray task in a worker process of its own.

    The folder of the benchmark and that of the slice stores must be reachable under the same paths from every machine
    (a shared file system), and every machine needs the same Python environment. A task whose worker or machine is lost
    is started again elsewhere, and goes on after the last committed round.

    Args:
        options: see :class:`RayOptions`.
    """

    def __init__(self, options: "RayOptions") -> None:
        self._options = options

    def launch(self, jobs: Sequence[Job]) -> Generator[JobOutcome, None, None]:
        """Run every job and yield its outcome as it ends, see :class:`alcore.Launcher`.

        Raises:
            AlsegError: the cluster cannot be reached, or none of its machines has what a job asks for.
        """
        with _connected(self._options.address):
            self._check_resources()
            task = ray.remote(**self._resources())(run_from)
            jobs_by_task = {task.remote(job, Path.cwd()): job for job in jobs}
            try:
                yield from self._outcomes(jobs_by_task)
            finally:
                for waiting in jobs_by_task:
                    ray.cancel(waiting, force=True)

    def _outcomes(self, jobs_by_task: dict[Any, Job]) -> Iterator[JobOutcome]:
        while jobs_by_task:
            done, _ = ray.wait(list(jobs_by_task), num_returns=1, timeout=SECONDS_TO_LOOK_UP)
            for task in done:
                yield self._outcome(task, jobs_by_task.pop(task))

    def _outcome(self, task: Any, job: Job) -> JobOutcome:
        try:
            outcome: JobOutcome = ray.get(task)
        except exceptions.OutOfMemoryError:
            error = "the machine that it ran on had no memory left, and Ray stopped it"
            return JobOutcome(job.key, error, "run fewer jobs at once, or set memory_gib to what a job needs")
        except (exceptions.WorkerCrashedError, exceptions.NodeDiedError, exceptions.ObjectLostError) as fault:
            error = f"its worker or machine was lost {self._options.retries + 1} times ({type(fault).__name__})"
            return JobOutcome(job.key, error, "see Ray's logs; run the same command again to go on")
        except exceptions.RayError as fault:
            return JobOutcome(job.key, f"Ray could not run it: {_first_line(fault)}", "see Ray's logs")
        return outcome

    def _resources(self) -> dict[str, Any]:
        options = self._options
        return {
            "num_cpus": options.cpus,
            "num_gpus": options.gpus,
            "memory": int(options.memory_gib * GIB) if options.memory_gib else None,
            "max_retries": options.retries,
            # A process per job: memory of the device is given back, and no job meets another one's leftovers.
            "max_calls": 1,
        }

    def _check_resources(self) -> None:
        machines = [node["Resources"] for node in ray.nodes() if node["Alive"]]
        wanted = {"CPU": self._options.cpus, "GPU": self._options.gpus, "memory": (self._options.memory_gib or 0) * GIB}
        if not any(all(machine.get(name, 0) >= amount for name, amount in wanted.items()) for machine in machines):
            most = {name: max((machine.get(name, 0) for machine in machines), default=0) for name in wanted}
            raise AlsegError(
                f"no machine of the Ray cluster has the {wanted['CPU']:g} cores, {wanted['GPU']:g} GPUs and "
                f"{wanted['memory'] / GIB:.1f} GiB that each job asks for; there are at most {most['CPU']:g}, "
                f"{most['GPU']:g} and {most['memory'] / GIB:.1f} GiB",
                hint="set cpus, gpus and memory_gib of the launcher to what a machine has",
            )


@contextmanager
def _connected(address: str) -> Iterator[None]:
    """A connection to the cluster, or a cluster of this machine alone; one that is there already is used as it is."""
    if ray.is_initialized():
        yield
        return
    try:
        with _sigterm_kept():
            ray.init(
                address=address or None,
                include_dashboard=None if address or "RAY_ADDRESS" in os.environ else False,
                log_to_driver=False,
                logging_level=logging.ERROR,
            )
    except (ConnectionError, ValueError, RuntimeError, exceptions.RayError) as error:
        where = address or os.environ.get("RAY_ADDRESS") or "this machine"
        raise AlsegError(
            f"the Ray cluster at {where} cannot be used: {_first_line(error)}",
            hint="'ray start --head' starts one; leave the address out to use this machine alone",
        ) from error
    try:
        yield
    finally:
        ray.shutdown()


@contextmanager
def _sigterm_kept() -> Iterator[None]:
    """Leave to the process what SIGTERM does: Ray puts a handler of its own there when it begins."""
    handler = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGTERM) is not handler:
            signal.signal(signal.SIGTERM, handler)


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
