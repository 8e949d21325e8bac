"""What happens in a job's own process. Light until it is asked to run."""

import multiprocessing
import os
import signal
import threading
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alcore import Job

THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS",
)
"""Environment variables that numerical libraries read when they are imported."""


def run_in_child(job: "Job", device: str | None, answer: Connection) -> None:
    """Run ``job`` and send its outcome through ``answer``."""
    # Ctrl-C reaches every process of the terminal; the launcher decides when a job is stopped.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _die_with_parent()
    from alcore import run_job

    answer.send(run_job(job, device=device))
    answer.close()


def _die_with_parent() -> None:
    """End this process as soon as the one that started it is gone, however it went."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="alseg-parent-watch").start()
