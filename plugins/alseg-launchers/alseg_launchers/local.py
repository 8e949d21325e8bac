"""The local launcher: a process of its own for each job, several at once, each with its share of cores and devices."""

import multiprocessing
import os
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING

import psutil
import torch

from alcore import Job, JobOutcome
from alseg_launchers.child import THREAD_VARIABLES, run_in_child

if TYPE_CHECKING:
    from alseg_launchers.plugin import LocalOptions

GIB = 2**30
MEMORY_PER_JOB = 2 * GIB
"""Memory that is to be free for each job on the processor: hippocampus by the paper's protocol takes about 1.5 GiB."""

SECONDS_TO_END = 10.0
"""What a job that is stopped has before it is killed."""


@dataclass
class _Running:
    job: Job
    process: BaseProcess
    answer: Connection
    device: str | None


class Local:
    """Runs jobs in processes on this machine.

    Args:
        options: see :class:`LocalOptions`.
    """

    def __init__(self, options: "LocalOptions") -> None:
        self.devices = devices(options)
        self.jobs = options.jobs or default_jobs(options, self.devices)

    def launch(self, jobs: Sequence[Job]) -> Generator[JobOutcome, None, None]:
        """Run every job and yield its outcome as it ends, see :class:`alcore.Launcher`."""
        waiting = list(jobs)
        running: list[_Running] = []
        try:
            while waiting or running:
                while waiting and len(running) < self.jobs:
                    running.append(self._start(waiting.pop(0), [item.device for item in running]))
                ready = wait([item.process.sentinel for item in running])
                for item in [item for item in running if item.process.sentinel in ready]:
                    running.remove(item)
                    yield _outcome(item)
        finally:
            _stop(running)

    def _start(self, job: Job, busy: Sequence[str | None]) -> _Running:
        device = min(self.devices, key=busy.count)
        # A forked child would inherit the locks of this process's threads, and torch's thread pools do not survive it.
        context = multiprocessing.get_context("spawn")
        answer, theirs = context.Pipe(duplex=False)
        process = context.Process(target=run_in_child, args=(job, device, theirs), name=job.label)
        threads = str(job.config.get("threads", 1))
        with _environment(dict.fromkeys(THREAD_VARIABLES, threads)):
            process.start()
        theirs.close()
        return _Running(job, process, answer, device)


def devices(options: "LocalOptions") -> tuple[str | None, ...]:
    """The devices that jobs are spread over; None lets the run itself choose."""
    if options.devices:
        return options.devices
    return tuple(f"cuda:{index}" for index in range(torch.cuda.device_count())) or (None,)


def default_jobs(options: "LocalOptions", on: Sequence[str | None]) -> int:
    """Jobs at once where the options do not say."""
    if on[0] is not None and on[0].startswith("cuda"):
        return len(on) * options.jobs_per_device
    by_memory = psutil.virtual_memory().available // MEMORY_PER_JOB
    return int(max(1, min(os.cpu_count() or 1, by_memory)))


def _outcome(item: _Running) -> JobOutcome:
    item.process.join()
    try:
        outcome: JobOutcome = item.answer.recv()
    except EOFError:
        code = item.process.exitcode
        how = f"was killed by signal {-code}" if code is not None and code < 0 else f"ended with status {code}"
        outcome = JobOutcome(
            item.job.key,
            f"the process of the job {how}",
            "for want of memory, most likely, if nobody killed it: run fewer jobs at once (--jobs 1); run the same "
            "command again to go on",
        )
    finally:
        item.answer.close()
    return outcome


def _stop(running: Sequence[_Running]) -> None:
    for item in running:
        item.process.terminate()
    for item in running:
        item.process.join(SECONDS_TO_END)
        if item.process.is_alive():
            item.process.kill()
            item.process.join()
        item.answer.close()


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    """Environment variables for the processes started inside."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
