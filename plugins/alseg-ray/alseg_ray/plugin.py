"""What this package adds to alseg. Imported for listings, so nothing heavy here."""

from collections.abc import Iterator

from pydantic import Field

import alcore


class RayOptions(alcore.Options):
    """Options of the Ray launcher."""

    address: str = Field(
        "",
        description="Cluster to use: host:port of its head, auto for the one that this machine belongs to, or "
        "ray://host:port. Default: what RAY_ADDRESS says, else a cluster of this machine alone, for this benchmark.",
    )
    cpus: float = Field(1, gt=0, description="Processor cores of each job.")
    gpus: float = Field(0, ge=0, description="GPUs of each job; 0.5 puts two jobs on one.")
    memory_gib: float | None = Field(None, gt=0, description="Memory of each job that Ray sets aside. Default: none.")
    retries: int = Field(
        3, ge=0, description="How often a job is started again, to go on, after its worker or machine was lost."
    )


@alcore.hookimpl
def register_launchers() -> Iterator[alcore.LauncherSpec]:
    """Offer Ray."""
    yield alcore.LauncherSpec(
        name="ray",
        summary="Jobs on a Ray cluster: several machines and GPUs; survives the loss of a worker.",
        target="alseg_ray.launcher:Ray",
        options=RayOptions,
    )
