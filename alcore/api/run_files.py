"""The files of a run directory, for whoever reads many runs: a :class:`RunDirectory` reads and checks them."""

from alcore.runs.directory import CONFIG, FAILED, JOB, ROUNDS, RunDirectory

__all__ = ["CONFIG", "FAILED", "JOB", "ROUNDS", "RunDirectory"]
