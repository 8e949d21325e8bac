"""The live table of a benchmark's jobs."""

from collections import Counter
from collections.abc import Sequence

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from alcore import AlsegError, Job
from alcore.api.benchmark import JobProgress, job_progress
from alcore.api.progress import duration

ORDER = ("running", "failed", "waiting", "finished")
COLOURS = {"running": "cyan", "failed": "red", "waiting": "dim", "finished": "green"}
RESERVED_LINES = 6


def job_table(jobs: Sequence[Job], height: int) -> Group:
    """Jobs with their round, score and time left: as many as fit ``height`` lines, those that run first."""
    found = [(job, _progress(job)) for job in jobs]
    shown = sorted(found, key=lambda item: ORDER.index(item[1].state))[: max(1, height - RESERVED_LINES)]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("job", overflow="ellipsis", no_wrap=True, ratio=1)
    for name in ("state", "round", "validation", "left"):
        table.add_column(name, justify="right", no_wrap=True)
    for job, progress in shown:
        left = progress.seconds_left if progress.state == "running" else None
        table.add_row(
            job.label,
            Text(progress.state, style=COLOURS[progress.state]),
            f"{max(progress.rounds_done - 1, 0)}/{progress.rounds - 1}" if progress.rounds_done else "",
            "" if progress.score is None else f"{progress.score:.4f}",
            "" if left is None else duration(left),
        )
    counts = Counter[str](progress.state for _, progress in found)
    summary = ", ".join(f"{counts[state]} {state}" for state in ORDER if counts[state])
    return Group(table, Text(summary))


def _progress(job: Job) -> JobProgress:
    try:
        return job_progress(job)
    except AlsegError as error:
        return JobProgress("failed", 0, int(job.config["loop"]["rounds"]) + 1, reason=error.message)
