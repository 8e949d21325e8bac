"""What this package adds to alseg. Imported for listings, so nothing heavy here."""

from collections.abc import Iterator

from pydantic import Field

import alcore


class LocalOptions(alcore.Options):
    """Options of the local launcher."""

    jobs: int | None = Field(
        None,
        ge=1,
        description="Jobs at once. Default: jobs_per_device on each GPU; without one, a job per core while 2 GiB of "
        "memory are free for each.",
    )
    jobs_per_device: int = Field(1, ge=1, description="Jobs at once on each GPU.")
    devices: tuple[str, ...] = Field(
        (), description="Devices that jobs are spread over, such as cuda:0. Default: every CUDA device, else the best."
    )


@alcore.hookimpl
def register_launchers() -> Iterator[alcore.LauncherSpec]:
    """Offer processes on this machine."""
    yield alcore.LauncherSpec(
        name="local",
        summary="A process per job on this machine, several per device.",
        target="alseg_launchers.local:Local",
        options=LocalOptions,
    )
