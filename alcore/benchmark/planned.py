"""A job of a benchmark before it is launched."""

from dataclasses import dataclass

from alcore.jobs import Job
from alcore.records import JobNote
from alcore.runs.config import RunConfig


@dataclass(frozen=True)
class PlannedJob:
    """A job with what it is to a reader of results.

    Args:
        job: what a launcher gets.
        config: its resolved configuration.
        notes: what ``job.json`` says of it: key, full_data, strategy, dataset, seed.
        finished: whether nothing is left to do.
    """

    job: Job
    config: RunConfig
    notes: JobNote
    finished: bool
