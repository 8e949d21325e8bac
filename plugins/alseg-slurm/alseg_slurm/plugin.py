"""What this package adds to alseg. Imported for listings, so nothing heavy here."""

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import Field

import alcore


class SlurmOptions(alcore.Options):
    """Options of the Slurm launcher."""

    partition: str = Field("", description="Partition. Default: the cluster's.")
    time: int = Field(240, ge=1, description="Minutes after which Slurm stops a job, which is then queued to go on.")
    cpus: int = Field(1, ge=1, description="Processor cores of each job.")
    gpus: int = Field(0, ge=0, description="GPUs of each job.")
    memory_gib: float = Field(8.0, gt=0, description="Memory of each job.")
    at_once: int = Field(64, ge=1, description="Jobs of the array that may run at once.")
    restarts: int = Field(
        10, ge=0, description="How often a job that ran out of time is queued again; one that was pre-empted always is."
    )
    account: str = Field("", description="Account that is charged.")
    extra: dict[str, Any] = Field({}, description="Further options of sbatch: {constraint = 'a100', qos = 'long'}.")
    setup: tuple[str, ...] = Field((), description="Shell lines before each job: 'module load cuda', ...")
    logs: str = Field("", description="Folder of scripts and logs. Default: slurm/ beside the jobs' run directories.")
    cluster: Literal["slurm", "local"] = Field(
        "slurm", description="local: processes of this machine in place of Slurm, to try things out."
    )


@alcore.hookimpl
def register_launchers() -> Iterator[alcore.LauncherSpec]:
    """Offer Slurm."""
    yield alcore.LauncherSpec(
        name="slurm",
        summary="Jobs in Slurm job arrays, through submitit; a job that is stopped is queued again and goes on.",
        target="alseg_slurm.launcher:Slurm",
        options=SlurmOptions,
    )
